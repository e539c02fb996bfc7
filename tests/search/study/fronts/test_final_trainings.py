from __future__ import annotations

from pathlib import Path

import pytest

from search.jobs.members import Inherited
from search.problem.objectives import DELTA_MTL, MACS
from search.study.fronts.final_trainings import Starts, choose_members
from spaces.errors import DataError
from tests.search.trials import complete, failed

SUPERNET, TRIAL = Inherited(Path("a"), "a"), Inherited(Path("b"), "b")


@pytest.mark.parametrize(
    ("start", "starts", "chosen"),
    [
        ("auto", Starts(SUPERNET, TRIAL), ("supernet", SUPERNET)),
        ("auto", Starts(None, TRIAL), ("trial", TRIAL)),
        ("auto", Starts(None, None), ("nothing", None)),
        ("trial", Starts(SUPERNET, TRIAL), ("trial", TRIAL)),
        ("supernet", Starts(SUPERNET, TRIAL), ("supernet", SUPERNET)),
        ("nothing", Starts(SUPERNET, TRIAL), ("nothing", None)),
    ],
)
def test_the_first_weights_that_are_there_are_taken_unless_others_are_wanted(
    start: str, starts: Starts, chosen: tuple[str, Inherited | None]
) -> None:
    assert starts.choose(start, 3) == chosen


def test_weights_that_are_not_there_are_refused() -> None:
    with pytest.raises(DataError, match=r"^final.start=trial: trial 3 has no such weights; take final.start=auto, "):
        Starts(SUPERNET, None).choose("trial", 3)


def test_members_hold_most_hypervolume_between_them() -> None:
    trials = [complete(0, 1.0, 10), complete(1, 5.0, 20), complete(2, 5.1, 21), complete(3, 4.0, 30), failed(4)]
    chosen = choose_members(trials, (DELTA_MTL, MACS), (-20.0, 40.0), 2)
    assert [trial.number for trial in chosen] == [0, 1]
    assert choose_members([failed(0)], (DELTA_MTL, MACS), (-20.0, 40.0), 2) == []
