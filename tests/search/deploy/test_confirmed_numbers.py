"""Confirmed numbers beside a file."""

from __future__ import annotations

import json

from search.confirming.sums import sum_up
from search.deploy.confirmed_numbers import tell_confirmed
from search.problem.objectives import DELTA_MTL, MACS
from spaces.common.atomic_files import strict
from tests.search.confirming.made import make_confirmation, make_member
from tests.search.trials import TASKS

MEMBERS = make_member(3, 0.0, 10.0, 4.0), make_member(1, 0.05, 20.0, 8.0, seeds=(500,))
TOTALS = sum_up(make_confirmation(*MEMBERS), (DELTA_MTL, MACS), TASKS)


def test_mean_interval_and_split_are_told_apart_from_what_the_file_s_weights_show() -> None:
    told = tell_confirmed(TOTALS, 3)
    assert told is not None
    interval = TOTALS.rows[0].test["delta_mtl"]
    assert told["metrics"]["delta_mtl"]["mean"] == interval.mean
    assert (told["metrics"]["delta_mtl"]["low"], told["metrics"]["delta_mtl"]["high"]) == (interval.low, interval.high)
    assert "segmentation.miou" in told["metrics"]
    assert (told["split"], told["seeds"], told["interval"]) == ("test", 3, "95% of the mean")
    assert told["trained"] == "on train, whole training"
    assert "the weights of this file are those of the search" in told["metrics are"]
    json.dumps(strict(tell_confirmed(TOTALS, 1)), allow_nan=False)  # of one seed the sd is not known


def test_of_what_was_not_confirmed_nothing_is_told() -> None:
    assert tell_confirmed(TOTALS, 7) is None
    assert tell_confirmed(None, 3) is None
