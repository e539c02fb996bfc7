from __future__ import annotations

import math

import pytest

from search.confirming.curse import measure_curse, relate
from search.problem.objectives import DELTA_MTL, MACS
from tests.search.confirming.made import REFERENCE, measure
from tests.search.trials import TASKS

LACK = math.nan


def test_parts_add_up_and_the_error_is_over_networks() -> None:
    curse = measure_curse(DELTA_MTL, [5.0, 6.0, 7.0], [4.0, 5.0, 6.0], [3.0, 3.0, 3.0], [2.5] * 3, [LACK, 4.5, LACK])
    parts = (curse.references, curse.chosen, curse.split)
    assert parts == pytest.approx((1.0, 2.0, 0.5))
    assert curse.total == pytest.approx(sum(parts))
    assert curse.error == pytest.approx(1.0 / math.sqrt(3))
    assert curse.guessed == pytest.approx(2.0)


def test_of_less_is_better_a_flattered_value_is_smaller() -> None:
    curse = measure_curse(MACS, [5.0], [6.0], [8.0], [9.0], [7.0])
    assert (curse.total, curse.references, curse.chosen, curse.split, curse.guessed) == (4.0, 1.0, 2.0, 1.0, 2.0)
    assert math.isnan(curse.error)


def test_what_is_not_known_of_a_network_leaves_it_out_of_the_parts() -> None:
    curse = measure_curse(DELTA_MTL, [5.0, 9.0], [4.0, LACK], [3.0, LACK], [2.0, 2.0], [LACK, LACK])
    assert (curse.total, curse.chosen) == (5.0, 1.0)
    nothing = measure_curse(DELTA_MTL, [5.0], [LACK], [LACK], [2.0], [LACK])
    assert nothing.total == 3.0
    assert all(map(math.isnan, (nothing.references, nothing.chosen, nothing.split, nothing.guessed)))


def test_a_network_is_related_to_single_task_networks_where_it_can_be() -> None:
    assert relate(measure(0.03), REFERENCE, TASKS)["delta_mtl"] == pytest.approx(3.0)
    assert "delta_all" in relate(measure(0.03), REFERENCE, TASKS)
    assert relate({}, REFERENCE, TASKS) == {}
    assert relate(measure(0.03), {}, TASKS) == {}
    assert relate(measure(0.03), {**REFERENCE, "segmentation.miou": 0.0}, TASKS) == {}
