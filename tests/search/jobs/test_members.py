"""Patterns of a supernet's training: those within the limits."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from search.jobs.members import Members
from search.problem.bounds import Limits
from spaces.fusion import Fusion
from spaces.networks.cost import Cost

AMOUNTS = st.integers(0, 100)
BOUNDS = st.none() | st.integers(1, 100).map(float)


@given(macs=AMOUNTS, params=AMOUNTS, most=st.tuples(BOUNDS, BOUNDS))
def test_a_pattern_is_a_member_where_a_search_would_train_it(
    macs: int, params: int, most: tuple[float | None, float | None]
) -> None:
    cost = Cost(macs, params)
    assert Members(Fusion(2, 2), *most).allow(cost) == Limits(*most).allow(cost)


def test_a_limit_is_within_and_without_limits_all_are_members() -> None:
    members = Members(Fusion(2, 2), macs=10.0, params=5.0)
    assert members.allow(Cost(10, 5))
    assert not members.allow(Cost(11, 5))
    assert not members.allow(Cost(10, 6))
    assert Members(Fusion(2, 2)).allow(Cost(10**15, 10**15))
