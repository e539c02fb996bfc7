from __future__ import annotations

from dataclasses import replace

from search.problem.objectives import DELTA_MTL, MACS
from search.study.fronts.best_guess import Guess
from search.study.fronts.front import find_front
from search.study.fronts.guess_columns import tabulate_guesses
from tests.search.trials import complete

WANTED = (DELTA_MTL, MACS)


def test_the_columns_tell_guesses_estimates_and_the_raw_front() -> None:
    told = {"delta_mtl": -3.0, "macs": 10.0, "depth.delta": 1.0}
    trials = [replace(complete(n, float(-n), 10 * (n + 1)), estimates=told) for n in range(3)]
    guesses = {trial.number: {"delta_mtl": Guess(float(trial.number), 0.5)} for trial in trials}
    rows = tabulate_guesses(trials, WANTED, guesses)
    assert rows[1] == {"delta_mtl.guess": 1.0, "delta_mtl.sd": 0.5, "delta_mtl.estimate": -3.0, "raw_front": ""}
    assert {number for number, row in rows.items() if row["raw_front"]} == {
        t.number for t in find_front(trials, WANTED)
    }


def test_without_guesses_there_are_estimates_alone_and_without_these_nothing() -> None:
    trial = complete(0, 1.0, 5)
    assert tabulate_guesses([trial], WANTED, {}) == {0: {}}
    told = replace(trial, estimates={"delta_mtl": 2.0})
    assert tabulate_guesses([told], WANTED, {}) == {0: {"delta_mtl.estimate": 2.0}}
