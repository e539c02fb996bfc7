from __future__ import annotations

import math
import random
from dataclasses import replace

import numpy as np
import pytest

from search.jobs.trial import Trial
from search.problem.objectives import DELTA_MTL, MACS
from search.study.fronts import best_guess
from search.study.fronts.best_guess import FEWEST, Guess, guess_objectives
from search.study.fronts.front import find_front
from spaces.choices import enumerate_patterns
from spaces.fusion import Fusion
from tests.search.trials import complete, failed

WANTED = (DELTA_MTL, MACS)
PATTERNS = [each.pattern for each in enumerate_patterns(Fusion(2, 3), ("a", "b", "c"))]


def make_trials(seed: int, noise: float, estimates: bool = False) -> tuple[list[Trial], np.ndarray]:
    """Trials of patterns whose true deltas rise with the number of groups, and these."""
    rng = np.random.default_rng(seed)
    groups = np.array([sum(len(stage.groups) for stage in pattern.decoder) for pattern in PATTERNS])
    truth = 1.5 * groups - 10.0
    measured = truth + noise * rng.standard_normal(len(truth))
    trials = []
    for number, (pattern, delta, count) in enumerate(zip(PATTERNS, measured.tolist(), groups.tolist(), strict=True)):
        trial = replace(complete(number, delta, 100 * count), pattern=pattern, key=pattern.key)
        told = {"delta_mtl": 5.0 * float(truth[number]), "macs": float(100 * count)}
        trials.append(replace(trial, estimates=told) if estimates else trial)
    return trials, truth


@pytest.mark.parametrize("estimates", [False, True])
def test_guesses_are_nearer_to_the_truth_than_single_measurements(estimates: bool) -> None:
    gains = []
    for seed in range(5):
        trials, truth = make_trials(seed, 2.0, estimates)
        guesses = guess_objectives(trials, WANTED)
        guessed = np.array([guesses[trial.number]["delta_mtl"].value for trial in trials])
        single = np.array([trial.objectives["delta_mtl"] for trial in trials])
        gains.append(np.abs(single - truth).mean() / np.abs(guessed - truth).mean())
    assert np.median(gains) > 1.1


def test_deviations_cover_the_truth() -> None:
    trials, truth = make_trials(3, 1.0)
    guesses = guess_objectives(trials, WANTED)
    told = [guesses[trial.number]["delta_mtl"] for trial in trials]
    away = [(guess.value - true) / guess.sd for guess, true in zip(told, truth, strict=True)]
    assert np.mean(np.abs(away) < 2.0) > 0.8


def test_what_cannot_be_guessed_stands_as_it_was_measured() -> None:
    trials, _ = make_trials(0, 1.0)
    assert guess_objectives(trials[: FEWEST - 1], WANTED) == {}
    assert guess_objectives([replace(trials[0], number=n) for n in range(9)], WANTED) == {}
    assert guess_objectives(trials, (MACS,)) == {}
    assert guess_objectives([], WANTED) == {}
    undefined = replace(trials[0], objectives={"delta_mtl": math.nan, "macs": 1.0})
    assert 0 not in guess_objectives([undefined, failed(99), *trials[1:]], WANTED)


def test_the_order_of_the_trials_changes_nothing_that_counts() -> None:
    trials, _ = make_trials(1, 1.0)
    shuffled = random.Random(0).sample(trials, len(trials))
    one, other = guess_objectives(trials, WANTED), guess_objectives(shuffled, WANTED)
    for number, guess in one.items():
        assert guess["delta_mtl"].value == pytest.approx(other[number]["delta_mtl"].value, abs=1e-3)


def test_of_many_trials_some_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    trials, truth = make_trials(4, 1.0)
    whole = guess_objectives(trials, WANTED)
    monkeypatch.setattr(best_guess, "CONDITIONED", len(trials) // 2)
    best_guess._guess_rows.cache_clear()
    half = guess_objectives(trials, WANTED)
    best_guess._guess_rows.cache_clear()
    assert half.keys() == whole.keys()
    away = [abs(half[trial.number]["delta_mtl"].value - true) for trial, true in zip(trials, truth, strict=True)]
    assert np.mean(away) < 1.5
    assert sum(each["delta_mtl"].sd for each in half.values()) > sum(each["delta_mtl"].sd for each in whole.values())


def test_the_front_is_by_guesses_where_they_are_given() -> None:
    trials, _ = make_trials(0, 0.0)
    guesses = {trial.number: {"delta_mtl": Guess(0.0, 1.0)} for trial in trials}
    assert {trial.macs for trial in find_front(trials, WANTED, guesses)} == {min(trial.macs for trial in trials)}
    assert len(find_front(trials, WANTED)) > 1
