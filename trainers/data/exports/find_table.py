"""Recognises tables with a row an image: attributes, classes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import product
from pathlib import Path

from spaces.errors import DataError
from trainers.data.exports.cells import MISSING, NO, YES, is_missing, make_plain
from trainers.data.exports.columns import find_column, find_names, read_columns
from trainers.data.exports.entries import find_name
from trainers.data.exports.file_columns import describe_files, names_files
from trainers.data.exports.headers import SPLITTING, is_splitting, name_splits
from trainers.data.exports.image_places import Held, Listing, Splitting, find_files, find_splitting, find_twice
from trainers.data.exports.ready import Export, Places, UnfitError, write_spec
from trainers.data.folders.listing import glob_rows
from trainers.data.folders.lists import TABLES, list_splits
from trainers.data.formats.files import IMAGES
from trainers.data.formats.texts import read_table
from trainers.data.splits.fingerprint import spread

FEW = 3
LOOKED = 64
"""Rows whose images are looked for."""
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
    names = list(rows)
    held = find_files(root, [names[index] for index in spread(len(names), LOOKED)])
    if held is None:
        return None
    headless = Listing(root).has(f"{held.cover()[0]}{header[0]}{held.ending}")
    if headless and path.suffix not in TABLES:  # a list
        return None
    place = path.parent.relative_to(root).as_posix().removesuffix(".")
    table = f"{place}{'/' if place else ''}{'{split}' if splits else path.stem}{path.suffix}"
    columns = _name_columns(path, header, rows)
    files = [name for name, cells in columns.items() if path.suffix in TABLES and names_files(cells)]
    places, unread = _place(root, path, rows, held, table, splits, files)
    tasks = _tasks(columns, places.image, table)
    tasks |= _file_tasks(root, path, {name: columns[name] for name in files}, known=tasks)
    if not tasks:
        return None
    if headless:
        raise DataError(f"{path}: a table with a row an image; put a line above that names its columns: image, ...")
    if not unread and not splits and len(places.splits) < 2:
        unread = _tell_splitting(header)
    shown = path.relative_to(root).as_posix()
    reader = next((str(task["read"]) for task in tasks.values() if "read" in task), "")
    return Export(f"a table with a row an image ({shown}{unread})", write_spec(places, tasks), reader)


def _place(
    root: Path,
    path: Path,
    rows: Collection[str],
    held: Held,
    table: str,
    splits: dict[str, str],
    files: Sequence[str],
) -> tuple[Places, str]:
    """Where images are and what splits there are, and what of it is not read.

    Splits that the table or several tables say come first, then those that folders say.
    """
    suffixes = list({(suffix := held.ending or Path(name).suffix).lower(): suffix for name in rows}.values())
    said = splits or (name_splits([name for name in list_splits(path) if name]) if path.suffix in TABLES else {})
    splitting = None if said else find_splitting(held)
    unread = ""
    if splitting:
        _refuse_twice(path, find_twice(held, splitting.pattern, list(splitting.names.values())))
        patterns = [f"{splitting.pattern}{{id}}{suffix}" for suffix in suffixes]
        lone = _find_without_row(root, patterns, splitting, rows)
        if not lone and not files:
            return Places(patterns, None, splitting.names), ""
        why = f"{lone} has no row" if lone else "a list is read"
        folders = " and ".join(splitting.names.values())
        unread = f", whose folders {folders} are not kept as splits, for {why}: write a table a split to keep them"
    cover = [folder.replace(f"{path.stem}/", "{split}/") if splits else folder for folder in held.cover()]
    _refuse_twice(path, find_twice(held, "{split}", cover) if len(cover) > 1 and not splits else None)
    if path.suffix in TABLES:
        column = find_names(path)
        images = [f"{folder}{{{column}}}{held.ending}" for folder in cover]
        return Places(images, table, said or {"train": path.stem}), unread
    # No list of words, for lines on the table itself stand above them.
    return Places([f"{folder}{{id}}{suffix}" for folder in cover for suffix in suffixes], None, splits), unread


def _refuse_twice(path: Path, found: tuple[str, list[str]] | None) -> None:
    if found:
        name, folders = found
        raise UnfitError(
            f"{path}: {name} is in {' and in '.join(folders)}, so that a row would be read for two images; write paths "
            f"into the table, such as {folders[0]}{Path(name).name}"
        )


def _find_without_row(root: Path, patterns: Sequence[str], splitting: Splitting, rows: Collection[str]) -> str:
    """An image in the folders of splits that the table does not have; "" where it has all."""
    for pattern, split in product(patterns, splitting.names.values()):
        for row in glob_rows(root, pattern, split):
            image = row.fill(pattern)
            if find_name(rows, root / image) is None:
                return image
    return ""


def _lists_images(root: Path, path: Path) -> bool:
    """Whether one of the first rows names an image that is there, so that the table is meant."""
    try:
        cells = [cell for row in read_table(path)[: FEW + 1] for cell in row if cell.lower().endswith(IMAGES)]
    except DataError:
        return False
    return any(find_files(root, [cell]) for cell in cells[:FEW])


def _tell_splitting(header: list[str]) -> str:
    """That a column of splits is not read, for else published test images would be trained on without a word."""
    columns = [name for name in header if name.lower() in SPLITTING]
    return f", whose column {columns[0]!r} is not read: write a table or a list a split to keep it" if columns else ""


def _name_columns(path: Path, header: list[str], rows: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """The cells of all columns but that of the images, by name.

    Raises:
        DataError: two have one name.
    """
    columns = {name: [row[number] for row in rows.values()] for number, name in enumerate(header) if number}
    if len(columns) < len(header) - 1:
        twice = next(name for name in header if header.count(name) > 1)
        raise DataError(f"{path}: {header.count(twice)} columns are called {twice!r}; name them apart")
    return columns


def _tasks(columns: Mapping[str, list[str]], images: Sequence[str], table: str) -> dict[str, dict[str, object]]:
    """Columns of yes and no as attributes together, columns of few words as classes each."""
    said = {"files": images[0] if len(images) == 1 else list(images), "table": table}
    columns = {name: cells for name, cells in columns.items() if not is_splitting(name, cells)}
    binary = [name for name, cells in columns.items() if _is_binary(cells)]
    tasks: dict[str, dict[str, object]] = {}
    if binary:
        tasks["attributes"] = {**said, "read": "table_columns", "kind": "attributes", "attributes": binary}
    for name, cells in columns.items():
        kinds = _list_classes(cells)
        if name in binary or names_files(cells) or not 2 <= len(kinds) <= min(MOST_CLASSES, len(cells) // 2):
            continue
        own: dict[str, object] = {**said, "read": "table_class", "array": name, "kind": "classification"}
        tasks[_task_name(name, tasks)] = {**own, "classes": kinds}
    return tasks


def _file_tasks(
    root: Path, path: Path, columns: Mapping[str, list[str]], known: Collection[str]
) -> dict[str, dict[str, object]]:
    """Columns that name files of targets.

    Raises:
        DataError: there is nothing else in the table, and these cannot be read.
    """
    tasks: dict[str, dict[str, object]] = {}
    problems = []
    for name, cells in columns.items():
        try:
            tasks[_task_name(name, [*known, *tasks])] = describe_files(root, name, cells, find_column(path, name))
        except DataError as error:
            problems += [f"{path}: {problem}" for problem in error.problems]
    if problems and not tasks and not known:
        raise DataError(problems)
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


def _task_name(column: str, known: Collection[str] = ()) -> str:
    """A name that a task may have, and none of those known has."""
    plain = "".join(letter if letter.isascii() and letter.isalnum() else "_" for letter in column).strip("_").lower()
    name = plain if plain[:1].isalpha() else f"label_{plain}".strip("_")
    while name in known:
        name += "_"
    return name
