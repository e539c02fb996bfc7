"""A network that was picked: the number of its trial, which says why when it is shown."""

from __future__ import annotations

from collections.abc import Sequence

from search.picking.picking import describe_pick, pick_network
from search.results.results import Results
from spaces.errors import ConfigError


class Choice(int):
    """Number of a trial; wherever one is wanted this will do.

    Attributes:
        text: which, why, its numbers with intervals, its drawing and what to do next.
        fits: whether it meets all conditions; else it is the nearest.
    """

    text: str
    fits: bool

    def __new__(cls, number: int, text: str, *, fits: bool) -> Choice:
        """A number with its reasons."""
        made = super().__new__(cls, number)
        made.text, made.fits = text, fits
        return made

    def __str__(self) -> str:
        return str(int(self))

    def __repr__(self) -> str:
        return self.text


def choose(
    run: Results, conditions: Sequence[str], maximize: str | None, minimize: str | None, *, knee: bool
) -> Choice:
    """Pick from what a run has delivered, see `search.picking.picking.pick_network`.

    Raises:
        ConfigError: more than one thing is to be best, a condition does not parse, or a name is of no column.
        DataError: nothing is delivered yet, or no weights are kept.
    """
    if not isinstance(knee, bool):
        raise ConfigError(f"knee={knee!r}: want True or False; a column is named by maximize or minimize")
    said = [name for name in (maximize, minimize) if name is not None] + ["--knee"] * knee
    if len(said) > 1:
        raise ConfigError("--maximize, --minimize and --knee: each says what is best; give one of them")
    picked = pick_network(run, conditions, maximize or minimize, largest=minimize is None, knee=knee)
    return Choice(picked.pick.number, describe_pick(run, picked), fits=picked.pick.fitting > 0)
