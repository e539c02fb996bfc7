"""Columns of a table with a row an image: ``read: table_columns`` for attributes, ``read: table_class`` for a class."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np

from spaces.common.formatting import format_list
from spaces.errors import DataError
from trainers.data.exports.cells import SHOWN, is_missing, is_signed, make_plain, read_class, read_yes_or_no
from trainers.data.exports.entries import Remark, entered, find_entry, name_entries, remark_places, stamp, told
from trainers.data.exports.headers import HEADERS, NAMELESS, SPLITTING, WORD
from trainers.data.formats.files import IMAGES
from trainers.data.formats.texts import read_cells, read_words, trim_cells

VERSION = 1


def remark_attributes(
    paths: Sequence[Path], table: Path | None, names: tuple[str, ...], array: str | None
) -> list[Remark]:
    """What -1 is taken for, where some cells of these columns say it."""
    assert table is not None  # the reader's table
    header, rows = read_columns(table)
    wanted = names or tuple(header[1:])
    known = [name for name in wanted if name in header]
    columns = {name: {make_plain(row[header.index(name)]) for row in rows.values()} for name in known}
    marked = [name for name, cells in columns.items() if "-1" in cells]
    remarks = remark_places(table, _read(table, stamp(table))[2])
    if not marked:
        return remarks
    signed = is_table_signed(table)
    said = format_list(marked, SHOWN)
    if signed:
        text = f"{table}: -1 counts as no, for no column says no in another way ({said}); leave cells empty for unknown"
        return [*remarks, Remark(text)]
    # Once only the columns of a task were looked at.
    alone = is_signed(columns.values())
    text = f"{table}: -1 counts as not known, for there are columns that say 0 or no ({said}); write 0 where it is no"
    return [*remarks, Remark(text, f"-1 in {table.name} as not known" if alone else "")]


def remark_class(paths: Sequence[Path], table: Path | None, names: tuple[str, ...], array: str | None) -> list[Remark]:
    """Which cells of the column count as not known, where these are words or numbers."""
    assert table is not None  # the reader's table
    header, rows = read_columns(table)
    if (column := array or header[1]) not in header:
        return []
    place = header.index(column)
    counts = Counter(row[place] for row in rows.values() if row[place] not in names and is_missing(row[place]))
    del counts[""]
    shown = [f"{cell} ({number} of {len(rows)} rows)" for cell, number in counts.items()]
    remarks = remark_places(table, _read(table, stamp(table))[2])
    if shown:
        text = f"{table}: column {header[place]!r}: {format_list(shown)} counts as not known; name it in classes if not"
        remarks.append(Remark(text))
    return remarks


@told(remark_attributes)
@entered(lambda table: read_columns(table)[1])
def attributes(path: Path, table: Path, names: tuple[str, ...]) -> np.ndarray:
    """1 and 0 for the attributes of an image, ``(C,)``; -1 for cells that are empty, -1 or NA.

    In a table that says -1 and in no column of yes and no says no in another way, as CelebA's, -1 is no.

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
    signed = is_table_signed(table)
    found = [read_yes_or_no(cell, signed, f"{table}: {path.name}: {name}") for name, cell in cells.items()]
    return np.array(found, np.int8)


@told(remark_class)
@entered(lambda table: read_columns(table)[1])
def one_class(path: Path, table: Path, names: tuple[str, ...], array: str | None) -> np.ndarray:
    """The class of an image, ``(1,)``; -1 where its cell is empty, -1 or NA and no class is called so.

    Args:
        path: as for `attributes`.
        table: as for `attributes`.
        names: of the classes; without any, cells are ids.
        array: the column; the second if it is not given.

    Raises:
        DataError: the column is not there, the image has no row, or its cell is no class.
    """
    header, rows = read_columns(table)
    column = array or header[1]
    (cell,) = _pick(table, header, (column,), find_entry(rows, path, str(table))).values()
    others = (row[header.index(column)] for row in rows.values())
    return np.array([read_class(cell, names, others, f"{table}: {path.name}")], np.int32)


def is_table_signed(table: Path) -> bool:
    """Whether -1 is no in a table."""
    return _is_signed(table, stamp(table))


def read_columns(path: Path) -> tuple[list[str], dict[str, list[str]]]:
    """Header and rows of a table, by the cell that names the image, which comes first, as `find_names` says.

    Separators are as they are found. Words with blanks between are a table, too, under a line of the other columns'
    names and one of how many rows there are, as CelebA has it.

    Raises:
        DataError: it is missing or has no rows.
    """
    return _read(path, stamp(path))[:2]


def find_names(path: Path) -> int:
    """The place of the column that names the images: the first, as a rule.

    It is the second where the first has no name and counts the rows, as pandas writes it; and a later one where that is
    called so and names image files, all different, while the first names none.
    """
    return _find_names(*_read_cells(path))


def find_column(path: Path, name: str) -> int:
    """The place of a column in the file, from 0, as lists count them."""
    return _read_cells(path)[0].index(name)


@lru_cache(maxsize=8)
def _read(path: Path, stamped: tuple[int, int]) -> tuple[list[str], dict[str, list[str]], dict[str, str]]:
    """The header, the rows, and what they call images as it is written there and as it is a key here."""
    header, rows = _read_cells(path)
    if not rows or len(header) < 2:
        raise DataError(f"{path}: no table; want a header with the image first, and a row an image")
    place = _find_names(header, rows)
    dropped = place == 1 and header[0].lower() in NAMELESS
    header, *rows = [_put_first(row + [""] * (len(header) - len(row)), place, dropped) for row in (header, *rows)]
    if _names_image(header[0]):
        raise DataError(f"{path}: its first line names an image, {header[0]}; put a line above that names its columns")
    own = name_entries(row[0] for row in rows)
    named: dict[str, list[str]] = {}
    for row in rows:
        if named.setdefault(own[row[0]], row)[1:] != row[1:]:
            raise DataError(f"{path}: {row[0]} has two rows that differ; want one an image")
    return header, named, own


def _put_first(row: list[str], place: int, dropped: bool) -> list[str]:
    return [row[place], *([] if dropped else row[:place]), *row[place + 1 :]]


def _read_cells(path: Path) -> tuple[list[str], list[list[str]]]:
    """The header, with a name for every column, and the other rows."""
    cells = read_cells(path)
    comments = next((number for number, row in enumerate(cells) if not row[0].startswith("#")), 0)
    if comments:  # of which the last one may name the columns
        last, below = trim_cells(cells[comments - 1]), trim_cells(cells[comments])
        cells = cells[comments - (len(last) == len(below) and not WORD.fullmatch(below[0])) :]
    header, *rows = [trim_cells(row) for row in cells] or [[]]
    if len(header) > 1:
        if torn := [row for row in rows if len(row) > len(cells[0])]:
            raise DataError(
                f"{path}: the row of {torn[0][0]} has {len(torn[0])} cells, the header {len(header)} "
                f"({len(torn)} of {len(rows)} rows); put cells that hold what parts cells in double quotes"
            )
        return header, rows
    header, *rows = read_words(path) or [[]]
    if len(rows) > 1 and header == [str(len(rows) - 1)]:
        header, *rows = rows
    if rows and all(len(row) == len(header) + 1 for row in rows):
        header = ["image", *header]
    return header, rows


def _find_names(header: list[str], rows: list[list[str]]) -> int:
    if len(header) > 2 and header[0].lower() in NAMELESS:
        counts = [row[0] for row in rows] == [str(number) for number in range(len(rows))]
        return int(counts and len({row[1] for row in rows if len(row) > 1}) == len(rows))
    if any(_names_image(row[0]) for row in rows):
        return 0
    for place in range(1, len(header)):
        cells = [row[place] for row in rows if len(row) > place and _names_image(row[place])]
        if header[place].lower() in HEADERS and len(set(cells)) == len(rows):
            return place
    return 0


def _names_image(cell: str) -> bool:
    return cell.lower().endswith(IMAGES)


def _pick(table: Path, header: list[str], names: tuple[str, ...], row: list[str]) -> dict[str, str]:
    if absent := [name for name in names if name not in header]:
        raise DataError(f"{table}: no column {', '.join(absent)}, it has {format_list(header)}")
    if twice := [name for name in names if header.count(name) > 1]:
        raise DataError(f"{table}: {header.count(twice[0])} columns are called {twice[0]!r}; name them apart")
    return {name: row[header.index(name)] for name in names}


@lru_cache(maxsize=8)
def _is_signed(table: Path, stamped: tuple[int, int]) -> bool:
    header, rows = read_columns(table)
    places = [place for place, name in enumerate(header) if place and name.lower() not in SPLITTING]
    return is_signed({row[place] for row in rows.values()} for place in places)
