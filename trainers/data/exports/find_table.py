"""Recognises tables with a row an image: attributes, classes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from spaces.errors import DataError
from trainers.data.exports.cells import MISSING, NO, YES, is_missing, make_plain
from trainers.data.exports.columns import find_names, read_columns
from trainers.data.exports.headers import SPLITTING, is_splitting
from trainers.data.exports.ready import Export, Places, find_folder, name_splits, write_spec
from trainers.data.folders.lists import TABLES, list_splits
from trainers.data.formats.files import IMAGES
from trainers.data.formats.texts import read_table

FEW = 3
NOTHING = "none"
MOST_CLASSES = 50
"""Different cells of a column that are taken for classes, not for texts: our choice."""
SUFFIXES = (".csv", ".tsv", ".txt")
MOST_TABLES = 20
"""Files of one suffix in a folder that are opened: our choice."""


def find_table(root: Path) -> Export | None:
    """A specification of such a table, in the folder or in one that lies in it, or None."""
    for place in (root, *sorted(entry for entry in root.iterdir() if entry.is_dir())):
        for suffix in SUFFIXES:
            tables = {path.stem: path for path in sorted(place.glob(f"*{suffix}"))}
            if len(tables) > MOST_TABLES:  # a file an image, as detectors want boxes
                continue
            splits = name_splits(list(tables)) if len(tables) > 1 else {}
            for name in list(splits.values()) or list(tables):
                if export := _describe(root, tables[name], splits):
                    return export
    return None


def _describe(root: Path, path: Path, splits: dict[str, str]) -> Export | None:
    try:
        header, rows = read_columns(path)
    except DataError:
        if path.suffix in TABLES and _lists_images(root, path):
            raise
        return None
    suffix, place = path.suffix, path.parent.relative_to(root).as_posix().removesuffix(".")
    place = f"{place}/" if place else ""
    found = _find_images(root, list(rows)[:FEW])
    if found is None:
        return None
    folder, ending = found
    headless = (root / f"{folder}{header[0]}{ending}").is_file()
    if headless and suffix not in TABLES:  # a list
        return None
    if splits:
        folder = folder.replace(f"{path.stem}/", "{split}/")
    table = f"{place}{{split}}{suffix}" if splits else f"{place}{path.name}"
    if suffix in TABLES:
        image = f"{folder}{{{find_names(path)}}}{ending}"
        places = Places(
            [image], table, splits or name_splits([name for name in list_splits(path) if name]) or {"train": path.stem}
        )
    else:  # no list of words, for lines on the table itself stand above them
        image = f"{folder}{{id}}{ending or Path(next(iter(rows))).suffix}"
        places = Places([image], None, splits)
    tasks = _tasks(path, header, rows, image, table)
    if not tasks:
        return None
    if headless:
        raise DataError(f"{path}: a table with a row an image; put a line above that names its columns: image, ...")
    unread = "" if splits or len(places.splits) > 1 else _tell_splitting(header)
    return Export(
        f"a table with a row an image ({place}{path.name}{unread})", write_spec(places, tasks), "table_columns"
    )


def _lists_images(root: Path, path: Path) -> bool:
    """Whether one of the first rows names an image that is there, so that the table is meant."""
    try:
        cells = [cell for row in read_table(path)[: FEW + 1] for cell in row if cell.lower().endswith(IMAGES)]
    except DataError:
        return False
    return any(_find_images(root, [cell]) for cell in cells[:FEW])


def _find_images(root: Path, names: list[str]) -> tuple[str, str] | None:
    """The folder of images of these names, and the suffix that the names lack; or None."""
    folders = [f"{path.relative_to(root).as_posix()}/" for depth in ("*/", "*/*/") for path in sorted(root.glob(depth))]
    for ending in ("", *IMAGES):
        folder = find_folder(root, [f"{name}{ending}" for name in names], ["", *folders])
        if folder is not None:
            return folder, ending
    return None


def _tell_splitting(header: list[str]) -> str:
    """That a column of splits is not read, for else published test images would be trained on without a word."""
    columns = [name for name in header if name.lower() in SPLITTING]
    return f", whose column {columns[0]!r} is not read: write a table or a list a split to keep it" if columns else ""


def _tasks(
    path: Path, header: list[str], rows: dict[str, list[str]], image: str, table: str
) -> dict[str, dict[str, object]]:
    """Columns of yes and no as attributes together, columns of few words as classes each."""
    columns = {name: [row[number] for row in rows.values()] for number, name in enumerate(header) if number}
    if len(columns) < len(header) - 1:
        twice = next(name for name in header if header.count(name) > 1)
        raise DataError(f"{path}: {header.count(twice)} columns are called {twice!r}; name them apart")
    said = {"files": image, "table": table}
    binary = [name for name, cells in columns.items() if not is_splitting(name, cells) and _is_binary(cells)]
    tasks: dict[str, dict[str, object]] = {}
    if binary:
        tasks["attributes"] = {**said, "read": "table_columns", "kind": "attributes", "attributes": binary}
    for name, cells in columns.items():
        kinds = _list_classes(cells)
        if name in binary or is_splitting(name, cells) or not 2 <= len(kinds) <= min(MOST_CLASSES, len(rows) // 2):
            continue
        own: dict[str, object] = {**said, "read": "table_class", "array": name, "kind": "classification"}
        task = _task_name(name)
        while task in tasks:
            task += "_"
        tasks[task] = {**own, "classes": kinds}
    return tasks


def _list_classes(cells: Sequence[str]) -> list[str]:
    """The different cells of a column as classes, numbers in their order; nothing where they are measures.

    Cells that say nothing are none of them, but the word "none" among other words: it names what has nothing.
    """
    kinds = {cell for cell in cells if not is_missing(cell) or cell.lower() == NOTHING}
    plain = {make_plain(kind) for kind in kinds} - {NOTHING}
    if plain and all(map(_is_number, plain)):
        whole = sorted((one for one in plain if one.isdecimal()), key=int)
        return whole if len(whole) == len(plain) else []
    return [] if any(_is_number(one) and not one.isdecimal() for one in plain) else sorted(kinds)


def _is_binary(cells: Sequence[str]) -> bool:
    """Whether cells say yes and no, as far as they say anything."""
    small = set(map(make_plain, cells))
    return small <= {*YES, *NO, *MISSING} and bool(small & set(YES)) and bool(small - set(YES) - {""} | small & set(NO))


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _task_name(column: str) -> str:
    plain = "".join(letter if letter.isascii() and letter.isalnum() else "_" for letter in column).strip("_").lower()
    return plain if plain[:1].isalpha() else f"label_{plain}".strip("_")
