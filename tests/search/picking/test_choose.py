"""The best that fits, the nearest where nothing does, the knee."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from search.picking.choose import Aim, choose_knee, choose_network
from search.picking.conditions import Condition

VALUES = st.fixed_dictionaries({"delta": st.integers(-9, 9).map(float), "macs": st.integers(1, 9).map(float)})
NETWORKS = st.lists(VALUES, min_size=1, max_size=8).map(lambda rows: dict(enumerate(rows)))
BOUNDS = st.tuples(
    st.integers(-9, 9).map(lambda bound: Condition("delta", ">=", bound)),
    st.integers(1, 9).map(lambda bound: Condition("macs", "<=", bound)),
)
BEST = Aim("delta", largest=True)


@given(networks=NETWORKS, conditions=BOUNDS)
def test_the_best_of_those_that_fit(networks: dict[int, dict[str, float]], conditions: tuple[Condition, ...]) -> None:
    pick = choose_network(networks, conditions, BEST)
    fitting = {
        n: v for n, v in networks.items() if v["delta"] >= conditions[0].bound and v["macs"] <= conditions[1].bound
    }
    assert pick.fitting == len(fitting)
    if fitting:
        assert pick.number in fitting
        assert networks[pick.number]["delta"] == max(values["delta"] for values in fitting.values())
        assert not pick.misses
    else:
        assert pick.misses
        for condition, miss in pick.misses:
            assert miss == condition.miss(networks[pick.number][condition.name]) > 0


def test_the_nearest_misses_least_by_the_spread_of_each_column() -> None:
    networks = {0: {"delta": 0.0, "macs": 100.0}, 1: {"delta": 10.0, "macs": 200.0}, 2: {"delta": 9.0, "macs": 110.0}}
    conditions = [Condition("delta", ">=", 9.5), Condition("macs", "<=", 105.0)]
    pick = choose_network(networks, conditions, BEST)
    assert pick.number == 2  # misses a twentieth of both spreads
    assert [(str(condition), miss) for condition, miss in pick.misses] == [("delta>=9.5", 0.5), ("macs<=105", 5.0)]


def test_numbers_that_are_missing_never_fit() -> None:
    networks = {0: {"delta": math.nan, "macs": 1.0}, 1: {"delta": -5.0, "macs": 9.0}}
    assert choose_network(networks, [], BEST).number == 1
    assert choose_network(networks, [Condition("delta", ">=", -9.0)], BEST).number == 1


def test_the_knee_is_nearest_to_the_best_of_everything() -> None:
    networks = {0: {"delta": 0.0, "macs": 10.0}, 1: {"delta": 8.0, "macs": 14.0}, 2: {"delta": 10.0, "macs": 30.0}}
    aims = [BEST, Aim("macs", largest=False)]
    assert choose_knee(networks, aims).number == 1
    assert choose_knee({2: networks[2]}, aims).number == 2


def test_ends_of_a_front_that_bends_inwards_are_equally_near_and_the_better_one_is_the_knee() -> None:
    deltas, macs = (-18.1, -17.6, -16.2, -14.8), (11.6, 14.0, 15.0, 15.1)  # of a front with nothing near its corner
    networks = {n: {"delta": each, "macs": cost} for n, (each, cost) in enumerate(zip(deltas, macs, strict=True))}
    aims = [BEST, Aim("macs", largest=False)]
    assert choose_knee(networks, aims).number == choose_knee(networks, aims[::-1]).number == 3
