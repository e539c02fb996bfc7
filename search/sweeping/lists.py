"""Comma lists of the command line, such as run.seed=0,1,2: which values they hold, as they were typed.

Commas in brackets, braces, parentheses and quotes are parts of a value. Hydra's own sweeps, range(0,3) and choice(a,b),
are lists, too.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice, product

from spaces.errors import ConfigError

MOST = 1000  # runs of a sweep: our choice, far above what anybody waits for
OPEN, CLOSE = "[{(", "]})"
FIXED = {
    "run.name": "run.name=NAME names the folder of all runs, and each run is named after its values",
    "run.folder": "all runs of a sweep lie in one folder",
    "tracking": "all runs of a sweep are recorded in one way",
}


@dataclass(frozen=True)
class Listed:
    """A key with several values.

    Args:
        key: dotted, or a group.
        values: as typed, at least one.
    """

    key: str
    values: tuple[str, ...]


def read_lists(words: Sequence[str]) -> tuple[list[Listed], list[str]]:
    """The lists among arguments, and the other arguments in their order.

    Args:
        words: GROUP=CHOICE and KEY=VALUE, no flags.

    Raises:
        ConfigError: with everything wrong: no list, an empty element, a value or a key twice, a list where there is
            none, more runs than anybody waits for.
    """
    lists: list[Listed] = []
    rest: list[str] = []
    problems: list[str] = []
    for word in words:
        key, equals, text = word.partition("=")
        key = key.lstrip("+")
        try:
            values = _expand(word, text) if equals and key else []
        except ConfigError as error:
            problems.extend(error.problems)
            continue
        if not values:
            rest.append(word)
            continue
        problems += _find_problems(word, key, values)
        lists.append(Listed(key, tuple(values)))
    if not problems and not lists:
        problems = [
            "no list of values, so this would be one search: give one, such as run.seed=0,1,2 or "
            "space=fusion,branching, or say python -m search.run"
        ]
    if problems := [*problems, *_find_twice(lists, rest)]:
        raise ConfigError(problems)
    if (many := math.prod(len(each.values) for each in lists)) > MOST:
        raise ConfigError(f"{many} runs: want at most {MOST} in a sweep; leave values out, or cut it in several")
    return lists, rest


def list_combinations(lists: Sequence[Listed]) -> list[dict[str, str]]:
    """Value by key of every run, the last list innermost."""
    return [
        dict(zip([each.key for each in lists], values, strict=True))
        for values in product(*(each.values for each in lists))
    ]


def cut_values(text: str) -> list[str]:
    """A text cut at the commas that stand in no brackets and no quotes, blanks around taken away.

    >>> cut_values("fusion, branching")
    ['fusion', 'branching']
    >>> cut_values("[a,b],[c]")
    ['[a,b]', '[c]']
    >>> cut_values("'a,b'")
    ["'a,b'"]
    """
    pieces, depth, quote, begin, position = [], 0, "", 0, 0
    while position < len(text):
        sign = text[position]
        if sign == "\\":
            position += 1  # the next one is meant as it is
        elif quote:
            quote = "" if sign == quote else quote
        elif sign in "'\"":
            quote = sign
        elif sign in OPEN + CLOSE:
            depth += 1 if sign in OPEN else -1
        elif sign == "," and depth <= 0:
            pieces.append(text[begin:position].strip())
            begin = position + 1
        position += 1
    return [*pieces, text[begin:].strip()]


def _expand(word: str, text: str) -> list[str]:
    """The values of a list, none where the argument is no list."""
    pieces = cut_values(text)
    if len(pieces) > 1:
        return pieces
    if not text.rstrip().endswith(")"):
        return []
    # hydra: 0.2 s, most lists do without
    from hydra.core.override_parser.overrides_parser import OverridesParser
    from hydra.core.override_parser.types import Transformer
    from hydra.errors import HydraException

    try:
        override = OverridesParser.create().parse_overrides([word])[0]
        found = override.sweep_iterator(Transformer.encode) if override.is_sweep_override() else ()
        return [str(value) for value in islice(found, MOST + 1)]
    except HydraException as error:
        if "(" in text and text.strip().startswith("glob("):
            raise ConfigError(
                f"{word}: glob cannot be taken, for not every group has a folder; name the choices: a,b"
            ) from error
        return []  # told, if it is wrong, where the settings are composed


def _find_problems(word: str, key: str, values: Sequence[str]) -> list[str]:
    if key in FIXED:
        return [f"{word}: no list here, for {FIXED[key]}; give one value, in quotes where it holds a comma"]
    if not all(values):
        return [f"{word}: an element of the list is empty; take the comma too much away, or write null for nothing"]
    twice = [value for value in dict.fromkeys(values) if values.count(value) > 1]
    return [f"{word}: {value} stands there twice; each value is one run, so give it once" for value in twice]


def _find_twice(lists: Sequence[Listed], rest: Sequence[str]) -> list[str]:
    """Keys of lists that are given again."""
    keys = [each.key for each in lists] + [word.partition("=")[0].lstrip("+") for word in rest]
    again = dict.fromkeys(each.key for each in lists if keys.count(each.key) > 1)
    return [f"{key}: given twice, once as a list; give it once" for key in again]
