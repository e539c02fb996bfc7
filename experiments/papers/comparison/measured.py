"""Entrants of a comparison trained with several seeds, and what came of them: a round of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from search.config.settings import Settings
from search.study.replicates import Entrant, Replicates, replicate


@dataclass(frozen=True)
class Measured:
    """A round.

    Args:
        entrants: by name.
        found: what was measured of them, in their order.
    """

    entrants: Mapping[str, Entrant]
    found: Replicates

    def average(self) -> dict[str, float]:
        """Mean delta_mtl by name."""
        rows = self.found.metrics["delta_mtl"]
        return {name: float(rows[row].mean()) for row, name in enumerate(self.found.names)}


def measure(
    settings: Settings,
    entrants: Mapping[str, Entrant],
    seeds: Sequence[int],
    say: Callable[[str], None],
    judged: str = "test",
) -> Measured:
    """Train them; see `replicate`."""
    return Measured(entrants, replicate(settings, entrants, seeds, judged=judged, say=say))
