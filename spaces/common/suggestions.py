"""The spelling somebody probably meant; every refusal of a name on the command line ends with it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

LEAST = 3  # letters of a part that is taken for the whole: our choice


def suggest(given: str, allowed: Iterable[str]) -> str:
    """The end of a sentence: a question that names the likeliest of the allowed names, or a full stop.

    Likeliest is one that is spelled alike, whatever its capitals; else the shortest that holds what was given.

    >>> suggest("fuson", ["fusion", "routing"])
    "; did you mean 'fusion'?"
    >>> suggest("miou", ["macs", "floor-plan.miou"])
    "; did you mean 'floor-plan.miou'?"
    >>> suggest("zzz", ["fusion", "routing"])
    '.'
    """
    names = list(allowed)
    plain = {name.casefold(): name for name in reversed(names)}
    sought = given.casefold()
    found = difflib.get_close_matches(given, names, n=1) or [
        plain[name] for name in difflib.get_close_matches(sought, plain, n=1)
    ]
    if not found and len(sought) >= LEAST:
        found = sorted((name for name in names if sought in name.casefold()), key=len)
    return f"; did you mean {found[0]!r}?" if found else "."
