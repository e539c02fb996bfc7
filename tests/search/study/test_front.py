from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.jobs.trial import Trial
from search.problem.objectives import DELTA_MTL, MACS
from search.problem.pareto import compute_hypervolume
from search.study.front import FrontView, collect_values, find_front, read_objectives
from tests.search.trials import complete, failed

quick = settings(max_examples=50, deadline=None)  # on busy cores a deadline measures the neighbours
WANTED = (DELTA_MTL, MACS)
REFERENCE = (-10.0, 20.0)
VALUES = st.none() | st.tuples(st.integers(-9, 9), st.integers(1, 19))


@st.composite
def histories(draw: st.DrawFn) -> list[Trial]:
    """Trials in order of number: failed ones among them, and repetitions of a pattern with the same values."""
    values = draw(st.lists(VALUES, max_size=10))
    trials = [complete(n, *each) if each else failed(n) for n, each in enumerate(values)]
    for number in draw(st.sets(st.sampled_from(range(len(trials))), max_size=2)) if trials else ():
        other = draw(st.sampled_from(trials))
        trials[number] = replace(other, number=number)
    return trials


def look_at(trials: list[Trial], marks: dict[str, str] | None = None) -> FrontView:
    return FrontView(trials, find_front(trials, WANTED), WANTED, REFERENCE, marks or {})


@quick
@given(trials=histories())
def test_the_front_dominates_all_that_is_complete_and_names_a_pattern_once(trials: list[Trial]) -> None:
    front = find_front(trials, WANTED)
    assert len({trial.key for trial in front}) == len(front)
    assert [trial.macs for trial in front] == sorted(trial.macs for trial in front)
    assert find_front(front, WANTED) == front == find_front(trials[::-1], WANTED)
    for trial in (each for each in trials if each.complete):
        delta, macs = read_objectives(trial, WANTED)
        assert any(each.objectives["delta_mtl"] >= delta and each.objectives["macs"] <= macs for each in front)


@quick
@given(trials=histories())
def test_the_volume_grows_and_is_at_last_that_of_the_front(trials: list[Trial]) -> None:
    seen = look_at(trials)
    assert len(seen.volumes) == len(trials)
    assert (np.diff(seen.volumes, prepend=0.0) >= 0).all()
    values = np.array([read_objectives(trial, WANTED) for trial in seen.front], dtype=float)
    whole = compute_hypervolume(values, REFERENCE, [each.direction for each in WANTED])
    assert (seen.volumes[-1] if trials else 0.0) == pytest.approx(whole)


def test_a_trial_without_numbers_is_nan_and_never_on_the_front() -> None:
    undefined = complete(1, 9.0, 1, objectives={"delta_mtl": math.nan, "macs": 1.0})
    trials = [complete(0, 1.0, 5), undefined, failed(2)]
    assert find_front(trials, WANTED) == (trials[0],)
    assert np.array_equal(collect_values(trials, DELTA_MTL), [1.0, math.nan, math.nan], equal_nan=True)


def test_a_pattern_is_marked_once_on_the_front_where_it_is() -> None:
    worse, better = complete(0, 0.0, 9), complete(1, 5.0, 5)
    again = replace(worse, number=2, objectives={"delta_mtl": 9.0, "macs": 9.0})
    marks = {worse.key: "all fused", failed(7).key: "tried in vain", "unknown": "never tried"}
    seen = look_at([worse, better, again, failed(7)], marks)
    assert seen.members == {1, 2}
    assert seen.marked == {2: "all fused", 7: "tried in vain"}
