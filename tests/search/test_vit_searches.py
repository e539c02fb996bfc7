"""Searches over a tiny vision transformer, in every space that can be."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from search.config import compose
from search.load import load
from search.preflight import check
from search.run import main
from spaces.errors import ConfigError
from tests.tiny import write_tiny

VIT = ["network=vit", "network.width=8", "network.depth=2", "network.heads=2", "network.patch=8", "network.grid=2"]
VIT += ["network.stages=2", "network.decoder_width=4"]


@pytest.fixture
def given(tmp_path: Path) -> list[str]:
    data = write_tiny(tmp_path / "data", images=8, size=16)
    parts = [f"data.root={data}", f"data.spec={data / 'spec.yaml'}", "data.tasks=[colour,depth]", "trainer.epochs=1"]
    parts += ["trainer.batch_size=4", "baselines.seeds=1", "runner=inline", "tracking=none", "trials=2"]
    return ["data=npz", *VIT, *parts, f"run.folder={tmp_path / 'runs'}", "run.name=one"]


@pytest.mark.parametrize("space", ["fusion", "branching", "gates", "workspace"])
def test_spaces_that_suit_it_are_checked(space: str, given: list[str]) -> None:
    slots = ["space.slots=[2]"] if space == "workspace" else []
    check(compose([*given, f"space={space}", *slots]))


@pytest.mark.parametrize("space", ["routing", "joint"])
def test_spaces_of_routed_stages_are_refused(space: str, given: list[str]) -> None:
    with pytest.raises(ConfigError) as caught:
        check(compose([*given, f"space={space}"]))
    (message,) = caught.value.problems
    assert message.startswith(f"space={space}: encoder stage ")
    assert "is routed, but those of Vit can only be shared or gated: take another space, or another" in message


def test_gates_are_searched_resumed_and_rebuilt(given: list[str], tmp_path: Path) -> None:
    rest = ["space=gates", "sampler=random", "space.rests=[gated]", "run.seed=2"]
    assert main([*given, *rest]) == 0
    assert main([each for each in given if each != "trials=2"] + [*rest, "trials=3"]) == 0
    run = load(tmp_path / "runs" / "one")
    assert len(run.trials) == 3
    gated = [trial for trial in run.trials if trial.masks]
    assert gated
    network = run.network(gated[0].number)
    assert network.masks and not network.gated
    assert network(torch.rand(1, 3, 16, 16)).keys() == {"colour", "depth"}
