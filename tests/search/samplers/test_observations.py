from __future__ import annotations

import numpy as np
import optuna
import pytest
from optuna.trial import TrialState, create_trial

from search.problem.objectives import DELTA_MTL, MACS
from search.samplers.observations import Observations, collect_observations, thin_out

BOTH = (DELTA_MTL, MACS)


def trial(number: int, rungs: dict[int, float], end: float | None, state: str = "PRUNED") -> optuna.trial.FrozenTrial:
    shown = {str(epochs): {"delta_mtl": value, "macs": 5.0} for epochs, value in rungs.items()}
    made = create_trial(
        state=TrialState.COMPLETE if end is not None else TrialState[state],
        values=None if end is None else [end, 5.0],
        user_attrs={"key": str(number), "rungs": shown},
    )
    made.number = number
    return made


def test_a_value_at_a_rung_is_told_of_the_end_by_what_others_gained_from_there() -> None:
    history = [
        trial(0, {1: -20.0, 2: -10.0}, 0.0),
        trial(1, {1: -24.0, 2: -12.0}, 2.0),
        trial(2, {1: -30.0}, None),
        trial(3, {1: -21.0, 2: -11.0}, None, "RUNNING"),
    ]
    found = collect_observations(history, BOTH)
    assert [each.number for each in found.trials] == [0, 1, 2, 3]
    assert found.finished == 2
    steps = [[10.0, 12.0, 10.0], [10.0, 14.0]]  # from 1 to 2, by three trials, and from 2 to the end, by two
    assert found.values[:, 0] == pytest.approx([0, 2, -30 + np.mean(steps[0]) + 12, -11 + 12])
    assert found.values[:, 1].tolist() == [5.0] * 4
    late, early = np.std(steps[1], ddof=1), np.std(steps[0], ddof=1)
    assert found.doubts[:, 0] == pytest.approx([0, 0, np.hypot(early, late), late])
    assert not found.doubts[:, 1].any()  # costs are exact at every rung


def test_nothing_is_told_of_the_end_before_two_trials_got_there() -> None:
    history = [trial(0, {1: -20.0}, 0.0), trial(1, {1: -24.0}, None), trial(2, {}, None, "FAIL")]
    found = collect_observations(history, BOTH)
    assert [each.number for each in found.trials] == [0]
    assert collect_observations([], BOTH).values.shape == (0, 2)


def test_of_many_observations_the_front_the_latest_and_some_of_all_times_are_kept() -> None:
    trials = [create_trial(state=TrialState.COMPLETE, values=[float(n)]) for n in range(1000)]
    known = Observations(tuple(trials), 900, np.arange(1000.0)[:, None], np.zeros((1000, 1)))
    assert thin_out(known, 1000, [3]) is known
    kept = thin_out(known, 100, [3, 500])
    rows = kept.values[:, 0].astype(int).tolist()
    assert len(kept.trials) == len(rows) == 100 and rows == sorted(set(rows))
    assert {3, 500} <= set(rows) and set(range(951, 1000)) <= set(rows)
    assert kept.finished == sum(row < 900 for row in rows)
    assert [trial.values[0] for trial in kept.trials] == [float(row) for row in rows]
    assert sum(row < 475 for row in rows) == pytest.approx(25, abs=2)
    crowded = thin_out(known, 10, range(0, 1000, 10))
    assert len(crowded.trials) == 10
