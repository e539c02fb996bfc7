"""Every space from the command line to a front of static networks, on the tiny problem in this process."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from search.load import load
from search.plan import main as plan
from search.problem import census
from search.run import main
from spaces.networks.cost import count_macs
from tests.end_to_end.searches import rows_of, trials_in
from tests.tiny import arguments, write_tiny
from trainers.batches.memory import load_split
from trainers.measure import measure

SPACES = {
    "branching": [],
    "routing": ["space.ratios=[0.0,0.5,1.0]"],
    "gates": ["trainer.gates.start=0.05"],
    "workspace": ["space.slots=[4]", "space.widths=[16]"],
    "joint": ["space.ratios=[0.5]"],
}


@pytest.mark.parametrize("space", SPACES)
def test_a_search_ends_with_networks_that_measure_what_was_told(space: str, tmp_path: Path) -> None:
    given = arguments(
        write_tiny(tmp_path / "data"), f"run.folder={tmp_path / 'runs'}", f"space={space}", *SPACES[space]
    )
    assert main([*given, "trials=3", "run.name=mine"]) == 0
    folder = tmp_path / "runs" / "mine"
    trials = trials_in(folder)
    assert len(trials) == 3
    assert all(trial.complete for trial in trials.values()), [trial.reason for trial in trials.values()]
    run = load(folder)
    validation = load_split(run.data, "val", "cpu")
    for number in run.front.index:
        network, trial = run.network(number, "cpu"), trials[number]
        measured = measure(network, validation, run.tasks)
        assert measured == pytest.approx({name: trial.metrics[name] for name in measured}, rel=1e-5)
        found = count_macs(network, run.data.size)
        assert (found.macs, found.params, found.fixed) == (trial.macs, trial.params, trial.fixed)
        assert network.key == trial.network_key
        member = folder / "front" / f"{number}-{trial.key}"
        assert (member / "masks.json").exists() == bool(trial.masks)
        assert run.predict(number, np.zeros((1, 16, 16, 3), np.uint8))["depth"].shape == (1, 16, 16)
    rows = {int(row["number"]): row for row in rows_of(folder / "trials.csv")}
    assert all(int(rows[number]["fixed"]) == trial.fixed for number, trial in trials.items())


def test_a_gated_search_goes_on_where_it_was_and_tells_its_rates(tmp_path: Path) -> None:
    options = ["space=gates", "space.rests=[gated]", "trainer.epochs=2", "run.name=mine"]
    given = arguments(write_tiny(tmp_path / "data"), f"run.folder={tmp_path / 'runs'}", *options)
    assert main([*given, "trials=2"]) == 0
    folder = tmp_path / "runs" / "mine"
    before = trials_in(folder)
    assert main([*given, "trials=4"]) == 0
    after = trials_in(folder)
    assert {number: after[number] for number in before} == before
    gated = next(trial for trial in after.values() if trial.masks)
    assert {name.rsplit(".", 1)[1] for name in gated.curves if name.startswith("gates.encoder")} == {"soft", "hard"}
    again = load(folder).train(gated.number)
    assert again.key == gated.network_key


def test_primitives_are_saved_but_not_learned(tmp_path: Path) -> None:
    options = ["space=routing", "space.primitive_sets=[random+sparse+noise]", "space.ratios=[1.0]", "run.name=mine"]
    given = arguments(write_tiny(tmp_path / "data"), f"run.folder={tmp_path / 'runs'}", *options)
    assert main([*given, "trials=2"]) == 0
    folder = tmp_path / "runs" / "mine"
    routed = next(trial for trial in trials_in(folder).values() if trial.fixed)
    built, again = (load(folder).train(routed.number).state_dict() for _ in range(2))
    kernels = {name: value for name, value in built.items() if name.endswith((".kernel", ".pattern"))}
    assert kernels and sum(value.numel() for value in kernels.values()) == routed.fixed
    assert all(torch.equal(again[name], value) for name, value in kernels.items())


@pytest.mark.parametrize("space", ["gates", "joint"])  # whose networks are masked, and who has what all others have
def test_spaces_of_any_kind_can_be_planned(
    space: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(census, "SAMPLE", 100)  # of a large space
    monkeypatch.setattr(census, "LARGEST", 1000)
    given = arguments(
        write_tiny(tmp_path / "data"), f"run.folder={tmp_path / 'runs'}", f"space={space}", *SPACES[space]
    )
    assert plan([*given, "run.name=mine"]) == 0
    assert "The search starts with" in capsys.readouterr().out
