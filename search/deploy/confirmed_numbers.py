"""What a confirmation has found of a network, as it is told beside its file: never in place of the search's numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from search.confirming.intervals import LEVEL, Interval
from search.confirming.request import DIVISIONS
from search.confirming.sums import Totals
from search.results.confirmed import list_confirmed

ARE = (
    "means over networks of this pattern that were trained again with fresh seeds, on the split named here; the "
    "weights of this file are those of the search and have other values"
)


def tell_confirmed(totals: Totals | None, number: int) -> dict[str, Any] | None:
    """What is told of one network; None where it was not confirmed as it is now.

    Args:
        totals: of its run; None where nothing was confirmed.
        number: of the trial.
    """
    row = list_confirmed(totals).get(number)
    if totals is None or row is None:
        return None
    return {
        "metrics are": ARE,
        "split": "test",
        "trained": f"{DIVISIONS[totals.confirmation.division]}, {row.member.basis}",
        "seeds": len(row.member.cells),
        "interval": f"{LEVEL:.0%} of the mean",
        "metrics": _tell(row.test),
    }


def _tell(found: Mapping[str, Interval]) -> dict[str, dict[str, Any]]:
    return {
        name: {"mean": each.mean, "low": each.low, "high": each.high, "sd": each.sd, "seeds": each.seeds}
        for name, each in found.items()
    }
