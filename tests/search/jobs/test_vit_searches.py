"""Searches over a tiny vision transformer, in every space that can be."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from search.config.composition import compose
from search.config.validation import check_settings
from search.jobs.job import Job
from search.jobs.worker import run_job
from search.results.trained_network import rebuild_network
from spaces.errors import ConfigError
from spaces.pattern.mixing import Gated
from spaces.pattern.sharing_pattern import NoExchange, SharingPattern
from spaces.pattern.stage import Stage
from tests.tiny import write_tiny
from trainers.batches.memory import load_split
from trainers.measure import measure

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
    check_settings(compose([*given, f"space={space}", *slots]))


@pytest.mark.parametrize("space", ["routing", "joint"])
def test_spaces_of_routed_stages_are_refused(space: str, given: list[str]) -> None:
    slots = ["space.slots=[2]"] if space == "joint" else []
    with pytest.raises(ConfigError) as caught:
        check_settings(compose([*given, f"space={space}", *slots]))
    (message,) = caught.value.problems
    assert message.startswith(f"space={space}: encoder stage ")
    assert "is routed, but those of Vit can only be shared or gated: take another space, or another" in message


def test_a_gated_training_pauses_goes_on_and_is_rebuilt(given: list[str], tmp_path: Path) -> None:
    settings = compose([*given, "trainer.epochs=2", "trainer.gates.start=0.01", "trainer.gates.weight=5"])
    together, gates = (("colour", "depth"),), Gated((("colour", 0.0), ("depth", 0.0)))
    apart = Stage((("colour",), ("depth",)))
    pattern = SharingPattern((Stage(together, gates),) * 2, (NoExchange(),) * 2, (apart,) * 2)
    parts = (pattern, settings.data, settings.network, settings.trainer, 0, 1)
    (tmp_path / "parts").mkdir()
    whole = Job("whole", *parts, tmp_path / "outcome.json", weights=tmp_path / "trained.pt")
    rest = Job("parts", *parts, tmp_path / "parts" / "outcome.json", checkpoint=tmp_path / "parts" / "state.pt")
    outcome = run_job(whole)
    assert outcome.complete, outcome.reason
    assert run_job(replace(rest, until=1, outcome=tmp_path / "parts" / "first.json")).complete
    assert run_job(rest).metrics == outcome.metrics
    shut = sum(row.count("0") for layers in outcome.masks.values() for layer in layers for row in layer.values())
    assert shut > 0
    network = rebuild_network(
        pattern, settings.network, settings.data.selected, tmp_path / "trained.pt", "cpu", outcome.masks
    )
    assert network.masks and not network.gated
    found = measure(network, load_split(settings.data, "val", "cpu"), settings.data.selected)
    assert found == pytest.approx(outcome.metrics)
