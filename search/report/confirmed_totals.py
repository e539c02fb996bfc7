"""A run's confirmation on its plot: means, intervals and attainment surfaces."""

from __future__ import annotations

from dataclasses import replace

from search.confirming.attainment import compute_attainment
from search.confirming.sums import Totals
from search.study.fronts.front import Estimate, FrontView


def add_confirmed(view: FrontView, totals: Totals) -> FrontView:
    """The same with means, intervals and attainment surfaces."""
    confirmed = {
        row.member.number: {
            name: Estimate(each.mean, each.low, each.high, each.seeds) for name, each in row.test.items()
        }
        for row in totals.rows
    }
    attained = compute_attainment(totals.values, [each.direction for each in totals.objectives])
    return replace(view, confirmed=confirmed, attained=attained)
