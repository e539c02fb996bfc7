"""Published weights in a search: checked at the start, part of what a training is, not needed after it."""

from __future__ import annotations

import importlib.util
import math
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from search.config.composition import compose
from search.config.validation import check_settings
from search.jobs.job import Job
from search.jobs.worker import run_job
from search.load import load
from search.results.trained_network import rebuild_network
from search.run import main
from spaces.errors import ConfigError
from spaces.networks.resnets import ResNet
from spaces.pattern.sharing_pattern import hard_sharing
from tests.spaces.networks.encoders import names
from tests.tiny import write_tiny


def save(path: Path, seed: int, **spoilt: Any) -> Path:
    torch.manual_seed(seed)
    held = {n: torch.rand(t.shape) if t.ndim else torch.tensor(0) for n, t in names(ResNet(width=2)).items()}
    torch.save({**held, **spoilt}, path)
    return path


@pytest.fixture
def given(tmp_path: Path) -> list[str]:
    """A search over hard sharing and one other pattern, whose encoder starts from a file."""
    data, weights = write_tiny(tmp_path / "data", images=8, size=32), save(tmp_path / "resnet.pth", 0)
    parts = [f"data.root={data}", f"data.spec={data / 'spec.yaml'}", "network=resnet", "network.width=2"]
    parts += ["network.decoder_width=2", f"network.weights={weights}", "trainer.epochs=1", "trainer.batch_size=4"]
    parts += ["baselines.seeds=1", "runner=inline", "tracking=none", f"run.folder={tmp_path / 'runs'}", "run.name=one"]
    return ["data=npz", "data.tasks=[colour,depth]", *parts, "trials=2"]


def _job(given: list[str], folder: Path, epochs: int = 1) -> Job:
    settings = compose([*given, f"trainer.epochs={epochs}"])
    pattern = hard_sharing(["colour", "depth"], 4, 4)
    parts = (pattern, settings.data, settings.network, settings.trainer)
    return Job("", *parts, 0, 1, folder / "outcome.json", weights=folder / "trained.pt", checkpoint=folder / "state.pt")


def test_a_search_is_resumed_and_its_networks_are_rebuilt_without_the_file(
    given: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(given) == 0
    assert main([*given[:-1], "trials=3"]) == 0
    run = load(tmp_path / "runs" / "one")
    assert len(run.trials) == 3
    (tmp_path / "resnet.pth").unlink()
    network = run.network(int(run.front.index[0]))
    assert network(torch.rand(1, 3, 32, 32)).keys() == {"colour", "depth"}
    # Another file under the name is another search.
    save(tmp_path / "resnet.pth", 1)
    assert main([*given[:-1], "trials=4"]) != 0
    assert "weights_content: " in capsys.readouterr().err


def test_a_training_starts_from_the_file_and_goes_on_after_a_pause(given: list[str], tmp_path: Path) -> None:
    whole = _job(given, tmp_path, epochs=2)
    (tmp_path / "parts").mkdir()
    paused = _job(given, tmp_path / "parts", epochs=2)
    outcome = run_job(whole)
    assert outcome.complete, outcome.reason
    assert run_job(replace(paused, until=1, outcome=tmp_path / "parts" / "first.json")).complete
    assert run_job(paused).metrics == outcome.metrics
    assert all(math.isfinite(value) for value in outcome.metrics.values())
    network = rebuild_network(whole.pattern, whole.network, whole.data.selected, tmp_path / "trained.pt", "cpu")
    # One epoch moves a weight by little: the file is where it came from.
    kernel = network.state_dict()["blocks.encoder1/colour+depth.conv1.weight"]
    assert (kernel - torch.load(tmp_path / "resnet.pth")["conv1.weight"]).abs().max() < 0.1


def test_the_fingerprint_is_of_the_content_wherever_it_lies(given: list[str], tmp_path: Path) -> None:
    job = _job(given, tmp_path)
    (tmp_path / "copy.pth").write_bytes((tmp_path / "resnet.pth").read_bytes())
    copied = replace(job, network=replace(job.network, weights=str(tmp_path / "copy.pth")))  # type: ignore[type-var]
    fresh = replace(job, network=replace(job.network, weights=None))  # type: ignore[type-var]
    before = job.fingerprint
    assert copied.fingerprint == before != fresh.fingerprint
    save(tmp_path / "resnet.pth", 1)
    assert job.fingerprint != before


def test_a_node_without_the_file_fails_the_training_with_its_reason(given: list[str], tmp_path: Path) -> None:
    job = _job(given, tmp_path)
    (tmp_path / "resnet.pth").rename(tmp_path / "away.pth")
    for _ in range(2):
        outcome = run_job(job)
        assert "resnet.pth: no such file; give the path of weights" in outcome.reason
    (tmp_path / "away.pth").rename(tmp_path / "resnet.pth")
    assert run_job(job).complete


def test_what_does_not_fit_is_refused_before_anything_is_trained(given: list[str], tmp_path: Path) -> None:
    check_settings(compose(given))
    save(tmp_path / "resnet.pth", 0, extra=torch.zeros(1))
    with pytest.raises(ConfigError, match=r"resnet\.pth does not fit ResNet: extra is unknown\. Want the weights of"):
        check_settings(compose(given))
    (tmp_path / "resnet.pth").unlink()
    with pytest.raises(ConfigError, match=r"network\.weights=.*resnet\.pth: no such file; give the path"):
        check_settings(compose(given))
    assert main(given) != 0
    assert not (tmp_path / "runs").exists()


def test_a_family_that_names_weights_but_cannot_start_from_them_is_refused(given: list[str], tmp_path: Path) -> None:
    (tmp_path / "older.py").write_text(
        "from dataclasses import dataclass\nfrom spaces.networks.small import Small\n\n"
        "@dataclass(frozen=True)\nclass Older(Small):\n    weights: str | None = None\n\n"
        "    def adapted(self, weights):\n        return weights\n"
    )
    spec = importlib.util.spec_from_file_location("older", tmp_path / "older.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["older"] = module
    try:
        spec.loader.exec_module(module)
        settings = replace(compose(["data=scenes"]), network=module.Older(weights="some.pth"))
        with pytest.raises(ConfigError, match=r"Older cannot start from weights, for it has no adapt_weights"):
            check_settings(settings)
    finally:
        del sys.modules["older"]
