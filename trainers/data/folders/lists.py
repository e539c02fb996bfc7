"""List files that say which samples there are, and tables that say which parts belong to which split."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from spaces.common.formatting import format_list
from spaces.errors import DataError
from trainers.data.exports.cvat import read_images
from trainers.data.exports.headers import HEADERS, SPLITTING, WORD, is_splitting
from trainers.data.folders.listing import Row
from trainers.data.formats.files import readable
from trainers.data.formats.texts import read_table, read_text, read_words
from trainers.data.splits.fingerprint import spread

TABLES = (".csv", ".tsv")
LOOKED = 256
"""Lines whose images are looked for, to tell how a list is written: our choice."""


def read_rows(root: Path, pattern: str, split: str, is_there: Callable[[Row], bool] = lambda _: True) -> list[Row]:
    """The rows of a list file: a line a sample, or a JSON list, or a JSON mapping from names of splits to lists.

    Files of COCO's form and CVAT's annotations.xml name their images. A line is cells of a table in a .csv file, words
    elsewhere; or the other way round where that names more samples, so names may have blanks and cells be parted by
    commas in a .txt file, too. Left out are empty lines, and of those that name no image comments, which start with #,
    and a line that names the columns. Where such a file has a column of splits (subsets in CVAT's) and the split is
    among them, its rows alone count.

    Args:
        root: the folder.
        pattern: of the file.
        split: the set's own name of the split.
        is_there: whether a row has an image.

    Raises:
        DataError: the file is missing or no list, or the split is not in it.
    """
    path = root / pattern.replace("{split}", split)
    suffix = path.suffix.lower()
    if suffix == ".json":
        return [Row(split, row) for row in _read_json(path, split)]
    if suffix == ".xml":
        images = {name: image.get("subset", "") for name, image in read_images(path).items()}
        return _of_split([Row(split, (name,)) for name in images], list(images.values()), root, pattern)
    best: tuple[int, list[Row]] = (-1, [])
    for read in (read_table, read_words) if suffix in TABLES else (read_words, read_table):
        header, rows = _part_header([Row(split, tuple(row)) for row in read(path)], is_there, table=suffix in TABLES)
        rows = _of_split(rows, _pick_splits(header, [row.columns for row in rows]), root, pattern)
        looked_at = [rows[index] for index in spread(len(rows), LOOKED)]
        found = sum(map(is_there, looked_at))
        if found == len(looked_at):
            return rows
        best = max(best, (found, rows), key=lambda each: each[0])
    bare = [Row(split, (row.id.rpartition(".")[0] or row.id, *row.columns[1:])) for row in best[1]]
    return bare if best[0] == 0 and any(is_there(bare[index]) for index in spread(len(bare), LOOKED)) else best[1]


def cut_folders(rows: list[Row], is_there: Callable[[Row], bool]) -> list[Row]:
    """Rows without the folders of another place in their names, where so most of some have an image; else as given.

    The fewest folders that do are left out, of all columns that have them; where that does not help, suffixes, too.
    """
    looked_at = [rows[index] for index in spread(len(rows), LOOKED)]
    if not rows or any(map(is_there, looked_at)):
        return rows
    for bare in (False, True):
        for count in range(1, max(row.id.replace("\\", "/").count("/") for row in looked_at) + 1):
            if 2 * sum(is_there(_cut(row, count, bare=bare)) for row in looked_at) > len(looked_at):
                return [_cut(row, count, bare=bare) for row in rows]
    return rows


def _cut(row: Row, count: int, *, bare: bool) -> Row:
    """A row without the first folders of its name, in all columns that begin with these, and perhaps its suffix."""
    parts = row.id.replace("\\", "/").split("/")
    start = "/".join(parts[:count]) + "/"
    first, *others = [column.replace("\\", "/").removeprefix(start) for column in row.columns]
    return Row(row.split, (first.rpartition(".")[0] or first if bare else first, *others))


def parts_of(path: Path) -> dict[str, tuple[str, ...]]:
    """Splits from a table: a header ``id,train,val,test``, then a line a part (say a building) with 1 where it belongs.

    Raises:
        DataError: the file is missing or no such table.
    """
    header, *rows = read_table(path) or [[]]
    columns = [name.lower() for name in header]
    if not rows or not {"id", "train", "val", "test"} <= set(columns):
        raise DataError(f"{path}: want a table with the columns id, train, val and test")
    lines = [dict(zip(columns, row, strict=False)) for row in rows]
    return {
        split: tuple(line["id"] for line in lines if line.get(split, "").lower() in ("1", "1.0", "true"))
        for split in ("train", "val", "test")
    }


def list_splits(path: Path) -> list[str]:
    """What the column of splits of a table says, or the subsets of CVAT's annotations.xml; nothing without such.

    A cell that says nothing beside others that do is "", the last.

    Raises:
        DataError: the file is missing, or not of this form.
    """
    if path.suffix.lower() == ".xml":
        found = [image.get("subset", "") for image in read_images(path).values()]
    else:
        header, *rows = read_table(path) or [[]]
        found = _pick_splits(header, rows)
    said = [name for name in dict.fromkeys(found) if name]
    return [*said, ""] if said and "" in found else said


def _pick_splits(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """The cells of the column of splits, of several the one with the most usual name; none where there is none."""
    columns = {
        name.lower(): [row[place] if len(row) > place else "" for row in rows]
        for place, name in reversed(list(enumerate(header)))
    }
    named = next((columns[name] for name in SPLITTING if name in columns), None)
    return named or next((cells for name, cells in columns.items() if is_splitting(name, cells)), [])


def _of_split(rows: list[Row], said: Sequence[str], root: Path, pattern: str) -> list[Row]:
    """The rows of a split, where a column says of which they are; all where none does, or where the file has but one.

    Raises:
        DataError: the column knows no such split: taking every row would train on those that are tested on.
    """
    own = [row for row, name in zip(rows, said, strict=False) if name.lower() == row.split.lower() != ""]
    there = [name for name in dict.fromkeys(said) if name]
    if own or not there or not rows[0].split or "{split}" in pattern:
        return own or rows
    raise DataError(
        f"{root / pattern}: no sample is of {rows[0].split!r}, its column of splits has {format_list(there, 5)}; name "
        "one of these under splits, such as splits: {train: NAME}, or leave splits out for all samples"
    )


def _part_header(
    rows: Sequence[Row], is_there: Callable[[Row], bool], *, table: bool
) -> tuple[tuple[str, ...], list[Row]]:
    """The names of the columns, if a line names them, and the rows but for that one and comments."""
    said = [row for row in rows if not row.id.startswith("#") or is_there(row)]
    named = bool(said) and said[0].id.lower() in HEADERS and not is_there(said[0])
    # In a table any plain word above names of files is the name of the column.
    if table and len(said) > 1 and WORD.fullmatch(said[0].id):
        named |= is_there(said[1]) and not is_there(said[0])
    return (said[0].columns, said[1:]) if named else ((), said)


def _read_json(path: Path, split: str) -> list[tuple[str, ...]]:
    text = read_text(path)
    with readable(path):
        content = json.loads(text)
    images = content.get("images") if isinstance(content, dict) else None
    if isinstance(images, list) and all(isinstance(each, dict) for each in images):  # of COCO's form
        named = [each for each in images if "file_name" in each]
        content = list(dict.fromkeys(str(each["file_name"]) for each in named))
    if isinstance(content, dict):
        if split not in content:
            raise DataError(f"{path}: no list {split!r}, it has {', '.join(content)}; name the right one under splits")
        content = content[split]
    rows = [[line] if isinstance(line, str) else line for line in content] if isinstance(content, list) else [None]
    if not all(isinstance(row, list) and row and all(isinstance(text, str) for text in row) for row in rows):
        raise DataError(f"{path}: want a list of names, or of lists of names, one a sample")
    return [tuple(row) for row in rows if row]
