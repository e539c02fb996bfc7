from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.problem.bounds import Limits, Reference, Stop
from spaces.errors import ConfigError
from spaces.networks.cost import Cost

quick = settings(max_examples=50, deadline=None)  # on busy cores a deadline measures the neighbours
COUNTS = st.integers(1, 10**12)
BOUNDS = st.none() | st.floats(1e-3, 1e12)


@quick
@given(macs=BOUNDS, params=BOUNDS, cost=st.builds(Cost, COUNTS, COUNTS), data=st.data())
def test_what_costs_no_more_than_an_allowed_pattern_is_allowed(
    macs: float | None, params: float | None, cost: Cost, data: st.DataObject
) -> None:
    limits = Limits(macs, params)
    less = Cost(data.draw(st.integers(1, cost.macs)), data.draw(st.integers(1, cost.params)))
    assert Limits().allow(cost)
    assert Limits(float(cost.macs), float(cost.params)).allow(less)  # the limit itself is within
    assert limits.allow(less) or not limits.allow(cost)


@quick
@given(macs=BOUNDS, params=BOUNDS, cost=st.builds(Cost, COUNTS, COUNTS))
def test_limits_hold_each_by_itself(macs: float | None, params: float | None, cost: Cost) -> None:
    apart = Limits(macs=macs).allow(cost) and Limits(params=params).allow(cost)
    assert Limits(macs, params).allow(cost) == apart


NOT_POSITIVE = st.floats(max_value=0.0) | st.sampled_from((math.nan, math.inf, "1e9", True))


@quick
@given(value=NOT_POSITIVE)
def test_limits_that_nothing_could_meet_are_refused_all_at_once(value: Any) -> None:
    with pytest.raises(ConfigError) as caught:
        Limits(value, value)
    assert [problem.split("=")[0] for problem in caught.value.problems] == ["limits.macs", "limits.params"]
    assert all("(or null)" in problem for problem in caught.value.problems)


@quick
@given(delta=st.floats(min_value=0.0, allow_infinity=False), cost=st.floats(max_value=1.0, allow_infinity=False))
def test_a_reference_point_inside_the_front_is_refused(delta: float, cost: float) -> None:
    for values, name in (((delta, 1.05), "delta"), ((-20.0, cost), "cost")):
        with pytest.raises(ConfigError, match=rf"reference\.{name}=.* the reference point lies inside the front"):
            Reference(*values)
    with pytest.raises(ConfigError) as caught:
        Reference(delta, cost)
    assert len(caught.value.problems) == 2


@quick
@given(least=st.floats(1e-9, 1.0), gain=st.floats(0.0, 1.0))
def test_a_search_ends_by_itself_when_it_was_told_to_and_the_gain_is_foretold_and_small(
    least: float, gain: float
) -> None:
    assert bool(Stop(least).explain(gain)) == (gain < least)
    assert Stop(least).explain(None) == Stop().explain(gain) == ""


@pytest.mark.parametrize("gain", [0.0, -0.1, 1.1, math.nan])
def test_a_least_gain_that_is_no_share_is_refused(gain: float) -> None:
    with pytest.raises(ConfigError, match=r"stop\.hv_gain="):
        Stop(gain)
