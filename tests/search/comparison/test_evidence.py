"""What a run knows best of its networks, on a real search; confirmed values in test_compare."""

from __future__ import annotations

from pathlib import Path

import pytest

from search.comparison.evidence import FINAL, TRIAL, check_kind, find_evidence
from search.load import load
from search.problem.objectives import resolve_objectives
from search.run import main as search
from spaces.errors import ConfigError, DataError
from tests.tiny import arguments, write_tiny


def test_final_trainings_come_before_single_ones_and_confirmed_ones_must_be_there() -> None:
    given = arguments(write_tiny(Path("data")), "run.name=r", "trials=3", "final.epochs=2", "final.members=1")
    assert search(given) == 0
    run = load("runs/r")
    objectives = resolve_objectives(run.config["objectives"], run.tasks)
    best = find_evidence(run, objectives)
    assert best.kind == FINAL
    assert [trial.number for trial in best.trials] == list(run.finals.index)
    assert best.trials[0].metrics["delta_mtl"] == run.finals["delta_mtl"].iloc[0]
    assert best.others == 3 - len(run.finals)
    assert best.words == "final trainings on the validation split"
    single = find_evidence(run, objectives, TRIAL)
    assert [trial.number for trial in single.trials] == [0, 1, 2]
    assert (single.kind, single.others) == (TRIAL, 0)
    with pytest.raises(DataError, match=r"--values confirmed: .*r has none of its own; python -m search.confirm "):
        find_evidence(run, objectives, "confirmed")


def test_an_unknown_kind_is_told_with_the_nearest() -> None:
    with pytest.raises(ConfigError, match=r"--values trails: want alike or best .*; did you mean 'trial'\?"):
        check_kind("trails")
