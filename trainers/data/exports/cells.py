"""What the cells of a table say: yes, no, a class, nothing."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence

from spaces.common.formatting import format_list
from spaces.errors import DataError

YES, NO = ("1", "true", "yes", "y", "x"), ("0", "false", "no", "n")
MISSING = ("", "-1", "nan", "na", "n/a", "none", "null", "?", "-")
"""Cells that say nothing, in small letters."""
SHOWN = 8
"""Cells in a message."""


def make_plain(cell: str) -> str:
    """A cell in small letters, numbers in their shortest form.

    >>> make_plain("1,0"), make_plain("NaN"), make_plain("No")
    ('1', '', 'no')
    """
    text = cell.lower()
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        return text
    return "" if math.isnan(number) else f"{number:g}"


def is_missing(cell: str) -> bool:
    """Whether a cell says nothing, where no class is called so."""
    return make_plain(cell) in MISSING


def is_yes_or_no(cells: Iterable[str]) -> bool:
    """Whether a column says yes, no and nothing else, and one of these at all."""
    said = set(map(make_plain, cells))
    return said <= {*YES, *NO, *MISSING} and bool(said & {*YES, *NO})


def is_signed(columns: Iterable[Collection[str]]) -> bool:
    """Whether -1 is no in all of a table: columns of yes and no say it, and none of these says no in another way."""
    said = {make_plain(cell) for cells in columns if is_yes_or_no(cells) for cell in cells}
    return "-1" in said and not said & set(NO)


def read_yes_or_no(cell: str, signed: bool, where: str) -> int:
    """1, 0, or -1 where it is not known.

    Args:
        cell: its text.
        signed: whether -1 is no.
        where: the place, for messages.

    Raises:
        DataError: it says neither.
    """
    text = make_plain(cell)
    if text in YES:
        return 1
    if text in NO or (signed and text == "-1"):
        return 0
    if text in MISSING:
        return -1
    raise DataError(f"{where} is {cell!r}; want 1 or 0, or nothing where it is not known")


def read_class(cell: str, names: Sequence[str], others: Iterable[str], where: str) -> int:
    """The place of a class among its names, or its id where classes have none; -1 where it is not known.

    Args:
        cell: its text; numbers may be written otherwise than the names are, as 1.0 for 1.
        names: of the classes, or none.
        others: all cells of the column, for messages.
        where: the place, for messages.

    Raises:
        DataError: it is no class.
    """
    if cell in names:
        return list(names).index(cell)
    plain = make_plain(cell)
    if plain in MISSING:
        return -1
    alike = [place for place, name in enumerate(names) if make_plain(name) == plain and _is_number(plain)]
    if len(alike) == 1:
        return alike[0]
    if not names and plain.isdecimal():
        return int(plain)
    if names:
        raise DataError(f"{where}: {cell!r} is no class ({', '.join(names)}); add it to classes")
    seen = sorted({other for other in others if not is_missing(other)})
    raise DataError(f"{where}: {cell!r} is no id of a class; name the classes: [{format_list(seen, SHOWN)}]")


def _is_number(text: str) -> bool:
    return text.lstrip("-").replace(".", "", 1).isdecimal()
