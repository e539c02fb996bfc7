"""The spelling somebody probably meant; every refusal of a name on the command line ends with it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def suggest(given: str, allowed: Iterable[str]) -> str:
    """The end of a sentence: a question that names the likeliest of the allowed names, or a full stop.

    >>> suggest("fuson", ["fusion", "routing"])
    "; did you mean 'fusion'?"
    >>> suggest("zzz", ["fusion", "routing"])
    '.'
    """
    found = difflib.get_close_matches(given, list(allowed), n=1)
    return f"; did you mean {found[0]!r}?" if found else "."
