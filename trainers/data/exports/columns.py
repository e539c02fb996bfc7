"""Columns of a table with a row an image: ``read: table_columns`` for attributes, ``read: table_class`` for a class."""

from __future__ import annotations

import math
from collections.abc import Collection
from functools import lru_cache
from pathlib import Path

import numpy as np

from spaces.errors import DataError
from trainers.data.exports.entries import entered, find_entry, stamp
from trainers.data.formats.texts import read_table, read_words

VERSION = 1
YES, NO = ("1", "true", "yes", "y", "x"), ("0", "false", "no", "n")
MISSING = ("", "-1", "nan", "na", "n/a", "none", "null", "?", "-")
"""Cells that say nothing, in small letters."""
NAMELESS = ("", "unnamed: 0")
"""Headers of a column without a name, in small letters; the second is pandas' where it has read and written one."""


@entered(lambda table: read_columns(table)[1])
def attributes(path: Path, table: Path, names: tuple[str, ...]) -> np.ndarray:
    """1 and 0 for the attributes of an image, ``(C,)``; -1 for cells that are empty, -1 or NA.

    In a table that says -1 and nowhere no, as CelebA's, -1 is no.

    Args:
        path: of the image.
        table: a table as `read_columns` reads it.
        names: of the columns.

    Raises:
        DataError: a column is not there, the image has no row, or a cell says neither yes nor no.
    """
    header, rows = read_columns(table)
    wanted = names or tuple(header[1:])
    cells = _pick(table, header, wanted, find_entry(rows, path, str(table)))
    no = (*NO, "-1") if _is_signed(table, stamp(table), wanted) else NO
    return np.array([_yes_or_no(cell, no, f"{table}: {path.name}: {name}") for name, cell in cells.items()], np.int8)


@entered(lambda table: read_columns(table)[1])
def one_class(path: Path, table: Path, names: tuple[str, ...], array: str | None) -> np.ndarray:
    """The class of an image, ``(1,)``; -1 where its cell is empty, -1 or NA.

    Args:
        path: as for `attributes`.
        table: as for `attributes`.
        names: of the classes.
        array: the column; the second if it is not given.

    Raises:
        DataError: the column is not there, the image has no row, or its cell is no class.
    """
    header, rows = read_columns(table)
    (cell,) = _pick(table, header, (array or header[1],), find_entry(rows, path, str(table))).values()
    if cell in names:
        return np.array([names.index(cell)], np.int32)
    if cell.lower() in MISSING:
        return np.array([-1], np.int32)
    raise DataError(f"{table}: {path.name}: {cell!r} is no class ({', '.join(names)}); add it to classes")


def read_columns(path: Path) -> tuple[list[str], dict[str, list[str]]]:
    """Header and rows of a table, by the cell that names the image, with separators as they are found.

    That is the first, or the second where the first column has no name and counts the rows, as pandas writes it. Words
    with blanks between are a table, too, under a line of the other columns' names and one of how many rows there are,
    as CelebA has it.

    Raises:
        DataError: it is missing or has no rows.
    """
    return _read(path, stamp(path))


def skips_index(path: Path) -> bool:
    """Whether the first column of a table has no name and counts the rows, so that the second names the images."""
    return _is_index(*_read_cells(path))


@lru_cache(maxsize=8)
def _read(path: Path, stamped: tuple[int, int]) -> tuple[list[str], dict[str, list[str]]]:
    header, rows = _read_cells(path)
    if _is_index(header, rows):
        header, rows = header[1:], [row[1:] for row in rows]
    if not rows or len(header) < 2:
        raise DataError(f"{path}: no table; want a header with the image first, and a row an image")
    named = {row[0].replace("\\", "/"): row + [""] * (len(header) - len(row)) for row in rows}
    if len(named) < len(rows):
        twice = next(row[0] for number, row in enumerate(rows) if row[0] in [each[0] for each in rows[:number]])
        raise DataError(f"{path}: {twice} has two rows; want one an image")
    return header, named


def _read_cells(path: Path) -> tuple[list[str], list[list[str]]]:
    """The header, with a name for every column, and the other rows."""
    header, *rows = read_table(path) or [[]]
    if len(header) > 1:
        return header, rows
    header, *rows = read_words(path) or [[]]
    if len(rows) > 1 and header == [str(len(rows) - 1)]:
        header, *rows = rows
    if rows and all(len(row) == len(header) + 1 for row in rows):
        header = ["image", *header]
    return header, rows


def _is_index(header: list[str], rows: list[list[str]]) -> bool:
    if len(header) < 3 or header[0].lower() not in NAMELESS:
        return False
    counts = [row[0] for row in rows] == [str(number) for number in range(len(rows))]
    return counts and len({row[1] for row in rows if len(row) > 1}) == len(rows)


def _pick(table: Path, header: list[str], names: tuple[str, ...], row: list[str]) -> dict[str, str]:
    absent = [name for name in names if name not in header]
    if absent:
        raise DataError(f"{table}: no column {', '.join(absent)}, it has {', '.join(header)}")
    return {name: row[header.index(name)] for name in names}


@lru_cache(maxsize=8)
def _is_signed(table: Path, stamped: tuple[int, int], names: tuple[str, ...]) -> bool:
    """Whether the cells of these columns say -1 and nowhere no."""
    header, rows = read_columns(table)
    columns = [header.index(name) for name in names]
    said = {_plain(row[column]) for row in rows.values() for column in columns}
    return "-1" in said and not said & set(NO)


def _plain(cell: str) -> str:
    """A cell in small letters, numbers in their shortest form."""
    text = cell.lower()
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        return text
    return "" if math.isnan(number) else f"{number:g}"


def _yes_or_no(cell: str, no: Collection[str], where: str) -> int:
    text = _plain(cell)
    if text in YES or text in no:
        return int(text in YES)
    if text in MISSING:
        return -1
    raise DataError(f"{where} is {cell!r}; want 1 or 0, or nothing where it is not known")
