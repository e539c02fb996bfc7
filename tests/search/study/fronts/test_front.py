from __future__ import annotations

import math
from dataclasses import replace

import pytest

from search.jobs.trial import PRUNED
from search.problem.objectives import resolve_objectives
from search.problem.pareto import compute_hypervolume
from search.study.fronts.front import FrontView, collect_values, find_front, read_objectives
from tests.search.trials import TASKS, complete, failed

CHOSEN = resolve_objectives(["delta_mtl", "macs"], TASKS)
REFERENCE = (-20.0, 21e6)
TRIALS = [
    complete(0, 1.5, 18_000_000),
    complete(1, -4.0, 16_000_000),  # dominated
    failed(2),
    complete(3, -2.0, 9_000_000),
    complete(4, 1.0, 12_400_000),
]


def test_the_front_is_sorted_by_cost_and_holds_complete_trials_alone() -> None:
    stopped = complete(5, 9.0, 1_000_000, status=PRUNED, reason="given up")
    undefined = complete(6, math.nan, 1_000_000)
    assert [trial.number for trial in find_front([undefined, stopped, *TRIALS], CHOSEN)] == [3, 4, 0]
    assert find_front([failed(0)], CHOSEN) == ()


def test_one_pattern_stands_in_the_front_once() -> None:
    again = complete(9, 1.5, 18_000_000, key=TRIALS[0].key, pattern=TRIALS[0].pattern)
    assert [trial.number for trial in find_front([again, *TRIALS], CHOSEN)] == [3, 4, 0]


def test_values_of_trials_that_did_not_complete_are_not_known() -> None:
    stopped = complete(5, 9.0, 1_000_000, status=PRUNED, reason="given up")
    assert read_objectives(TRIALS[1], CHOSEN) == [-4.0, 16e6]
    assert all(map(math.isnan, read_objectives(stopped, CHOSEN)))
    assert collect_values([TRIALS[0], TRIALS[3]], CHOSEN[1]) == [18e6, 9e6]


def test_the_hypervolume_grows_with_the_trials() -> None:
    view = FrontView(TRIALS, find_front(TRIALS, CHOSEN), CHOSEN, REFERENCE, {})
    values = [[trial.objectives["delta_mtl"], trial.objectives["macs"]] for trial in TRIALS if trial.complete]
    whole = [compute_hypervolume(values[:n], REFERENCE, ["maximise", "minimise"]) for n in (1, 2, 2, 3, 4)]
    assert view.volumes.tolist() == pytest.approx(whole)
    assert view.members == {0, 3, 4}


def test_a_mark_goes_to_the_front_before_complete_trials_and_to_these_before_failed_ones() -> None:
    shared = {"key": TRIALS[1].key, "pattern": TRIALS[1].pattern}
    trials = [replace(failed(8), **shared), replace(failed(9), key="lost"), *TRIALS]
    view = FrontView(
        trials, find_front(trials, CHOSEN), CHOSEN, REFERENCE, {TRIALS[1].key: "all", "lost": "x", "no": "y"}
    )
    assert view.marked == {1: "all", 9: "x"}
