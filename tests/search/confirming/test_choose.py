from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from search.confirming.choose import choose_expected, choose_members
from search.confirming.request import Request
from search.jobs.trial import Trial
from search.problem.objectives import DELTA_MTL, MACS
from search.study.fronts.final_files import Final
from spaces.errors import DataError
from tests.search.trials import complete, failed

CHOSEN, POINT = (DELTA_MTL, MACS), (-20.0, 40.0)
TRIALS = [complete(0, 1.0, 10), complete(1, 5.0, 20), complete(2, 5.1, 21), complete(3, 4.0, 30), failed(4)]
RUN = Path("runs/r")


def choose(request: Request, trials: Sequence[Trial] = TRIALS, finals: Sequence[Final] = ()) -> list[int]:
    return [member.number for member in choose_members(RUN, request, trials, finals, CHOSEN, POINT)]


def test_the_front_trials_by_number_or_the_best_together() -> None:
    assert choose(Request()) == [0, 1, 2]
    assert choose(Request((3, 0, 3))) == [0, 3]
    assert choose(Request(best=2)) == [0, 1]
    assert choose(Request(best=9)) == [0, 1, 2, 3]  # beyond the front come those that add least


def test_a_final_training_stands_for_its_trial(tmp_path: Path) -> None:
    weights = tmp_path / "0003.pt"
    weights.touch()
    final = Final(complete(3, 9.0, 30), "f", weights, start="nothing")
    assert choose(Request(), finals=[final]) == [3]
    (member,) = choose_members(RUN, Request(), TRIALS, [final], CHOSEN, POINT)
    assert member.trial.objectives["delta_mtl"] == 9.0
    assert member.made == TRIALS[3]
    assert choose(Request(best=1), finals=[final]) == [3]


def test_expected_hypervolume_counts_luck_on_either_side() -> None:
    sure = np.array([[3.0, 10.0], [0.0, 5.0]])
    lucky = np.array([[[-10.0, 10.0], [0.0, 5.0]], [[20.0, 10.0], [0.0, 5.0]]])  # 5 on average
    draws = np.concatenate([np.broadcast_to(sure[:1], (2, 1, 2)), lucky], axis=1)
    assert choose_expected(draws, (-20.0, 40.0), ("maximise", "minimise"), 1) == [1]
    assert choose_expected(draws, (-20.0, 40.0), ("maximise", "minimise"), 5) == [1, 2, 0]


@pytest.mark.parametrize(
    ("request_", "trials", "told"),
    [
        (Request((9, 4)), TRIALS, ("has no finished trial 9: it has 0, 1, 2, 3, 4, and 4 is the nearest", "failed: ")),
        (Request(), [failed(4)], ("nothing of runs/r is on a front, for all 1 of its trials failed or were stopped",)),
        (Request(), [], ("for no trial has finished yet: give the command of the search again",)),
        (Request((1,)), [], ("nothing of runs/r is on a front, for no trial has finished yet",)),
    ],
)
def test_what_cannot_be_confirmed_is_told(request_: Request, trials: list[Trial], told: tuple[str, ...]) -> None:
    with pytest.raises(DataError) as refused:
        choose(request_, trials)
    assert len(refused.value.problems) == len(told)
    assert all(part in problem for part, problem in zip(told, refused.value.problems, strict=True))
