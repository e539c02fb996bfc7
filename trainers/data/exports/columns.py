"""Columns of a table with a row an image: ``read: table_columns`` for attributes, ``read: table_class`` for a class."""

from __future__ import annotations

import math
from functools import lru_cache
from pathlib import Path

import numpy as np

from spaces.errors import DataError
from trainers.data.exports.entries import entered, find_entry, stamp
from trainers.data.formats.texts import read_table

VERSION = 1
YES, NO = ("1", "true", "yes", "y", "x"), ("0", "false", "no", "n")
MISSING = ("", "-1", "nan", "na", "n/a", "none", "null", "?", "-")
"""Cells that say nothing, in small letters."""


@entered(lambda table: read_columns(table)[1])
def attributes(path: Path, table: Path, names: tuple[str, ...]) -> np.ndarray:
    """1 and 0 for the attributes of an image, ``(C,)``; -1 for cells that are empty, -1 or NA.

    Args:
        path: of the image.
        table: .csv file with a header; the first column names the image.
        names: of the columns.

    Raises:
        DataError: a column is not there, the image has no row, or a cell says neither yes nor no.
    """
    header, rows = read_columns(table)
    cells = _pick(table, header, names or tuple(header[1:]), find_entry(rows, path, str(table)))
    return np.array([_yes_or_no(cell, f"{table}: {path.name}: {name}") for name, cell in cells.items()], np.int8)


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
    """Header and rows of a table, by their first cell, with separators as they are found.

    Raises:
        DataError: it is missing or has no rows.
    """
    return _read(path, stamp(path))


@lru_cache(maxsize=8)
def _read(path: Path, stamped: tuple[int, int]) -> tuple[list[str], dict[str, list[str]]]:
    header, *rows = read_table(path) or [[]]
    if not rows or len(header) < 2:
        raise DataError(f"{path}: no table; want a header with the image first, and a row an image")
    named = {row[0].replace("\\", "/"): row + [""] * (len(header) - len(row)) for row in rows}
    if len(named) < len(rows):
        twice = next(row[0] for number, row in enumerate(rows) if row[0] in [each[0] for each in rows[:number]])
        raise DataError(f"{path}: {twice} has two rows; want one an image")
    return header, named


def _pick(table: Path, header: list[str], names: tuple[str, ...], row: list[str]) -> dict[str, str]:
    absent = [name for name in names if name not in header]
    if absent:
        raise DataError(f"{table}: no column {', '.join(absent)}, it has {', '.join(header)}")
    return {name: row[header.index(name)] for name in names}


def _yes_or_no(cell: str, where: str) -> int:
    text = cell.lower()
    try:
        number = float(text.replace(",", "."))
        text = "" if math.isnan(number) else f"{number:g}"
    except ValueError:
        pass
    if text in YES or text in NO:
        return int(text in YES)
    if text in MISSING:
        return -1
    raise DataError(f"{where} is {cell!r}; want 1 or 0, or nothing where it is not known")
