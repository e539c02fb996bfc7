from __future__ import annotations

import math

import pytest

from trainers.tasks import KINDS
from trainers.tasks.metric import Metric, ratio


def test_a_ratio_of_nothing_is_what_is_asked_for() -> None:
    assert ratio(3, 4) == 0.75
    assert math.isnan(ratio(0, 0))
    assert ratio(0, 0, of_nothing=0.0) == 0
    assert ratio(0, 5, of_nothing=1.0) == 0


def test_what_is_no_number_stays_none() -> None:
    assert math.isnan(ratio(math.nan, 5, of_nothing=0.0))
    assert math.isnan(ratio(5, math.nan, of_nothing=0.0))


def test_a_metric_is_a_value() -> None:
    assert Metric("rmse", "m", False) == Metric("rmse", "m", False) != Metric("rmse", "m", True)
    assert len({Metric("rmse", "m", False), Metric("rmse", "m", False)}) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_headline_of_its_own(kind: str) -> None:
    assert isinstance(KINDS[kind].headline, str)
