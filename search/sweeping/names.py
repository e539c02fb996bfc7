"""Names of a sweep's runs and of its folder, which say the values that are tried.

The order in which lists are given does not count: the same values lie in the same folders.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence

from search.sweeping.lists import Listed

SEED = "run.seed"
ROOM = 80  # letters of a name before it is cut: our choice; 100 is what run.name takes
DIGITS = 8  # of the digest that stands for what was cut


def name_runs(combinations: Sequence[Mapping[str, str]], groups: Sequence[str]) -> list[str]:
    """A name for every run: choices as they are, other values behind the last part of their key.

    Args:
        combinations: value by key of each run.
        groups: keys that are groups, whose choices need no key.

    >>> name_runs([{"space": "fusion", "run.seed": "0"}, {"space": "fusion", "run.seed": "1"}], ["space"])
    ['fusion-seed.0', 'fusion-seed.1']
    """
    if not combinations:
        return []
    keys = shorten_keys(list(combinations[0]))

    def tell(key: str, value: str) -> str:
        return _clean(value) if key in groups else f"{keys[key]}.{_clean(value)}"

    return [_cut("-".join(tell(key, each[key]) for key in _order(keys))) for each in combinations]


def name_sweep(lists: Sequence[Listed]) -> str:
    """A name for the folder of a sweep that has none.

    >>> name_sweep([Listed("space", ("fusion", "branching")), Listed("run.seed", ("0", "1"))])
    'sweep-space-seed'
    """
    keys = shorten_keys([each.key for each in lists])
    return _cut("-".join(["sweep", *(keys[key] for key in _order(keys))]))


def shorten_keys(keys: Sequence[str]) -> dict[str, str]:
    """The last part of each key, or all of it where two end alike.

    >>> shorten_keys(["run.seed", "final.epochs", "trainer.epochs"])
    {'run.seed': 'seed', 'final.epochs': 'final.epochs', 'trainer.epochs': 'trainer.epochs'}
    """
    ends = [key.rpartition(".")[2] for key in keys]
    return {key: _clean(end if ends.count(end) == 1 else key) for key, end in zip(keys, ends, strict=True)}


def _order(keys: Iterable[str]) -> list[str]:
    """By name, the seed last."""
    return sorted(keys, key=lambda key: (key == SEED, key))


def _clean(text: str) -> str:
    """Letters that a folder's name takes; a sign before a number stays, for -1 and 1 differ."""
    return re.sub(r"[^A-Za-z0-9_.-]+", "_", text).strip("_.") or "empty"


def _cut(name: str) -> str:
    if len(name) <= ROOM:
        return name
    return f"{name[: ROOM - DIGITS - 1]}-{hashlib.sha256(name.encode()).hexdigest()[:DIGITS]}"
