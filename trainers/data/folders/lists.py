"""List files that say which samples there are, and tables that say which parts belong to which split."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path

from spaces.errors import DataError
from trainers.data.exports.cvat import read_images
from trainers.data.folders.listing import Row
from trainers.data.formats.files import readable
from trainers.data.formats.texts import read_table, read_text, read_words
from trainers.data.splits.fingerprint import spread

WORD = re.compile(r"[^\W\d]+([ _-][^\W\d]+)*")
TABLES = (".csv", ".tsv")
LOOKED = 256
"""Lines whose images are looked for, to tell how a list is written: our choice."""
_HEADERS = """
id ids name names image images img file files filename filenames file_name image_id image_name image_path image_file
imagename imageid path filepath file_path sample samples sample_id picture photo frame input
"""
HEADERS = frozenset(_HEADERS.split())
"""First words of lines that name columns, in small letters; such a line is one only where no image has that name."""


def read_rows(root: Path, pattern: str, split: str, is_there: Callable[[Row], bool] = lambda _: True) -> list[Row]:
    """The rows of a list file: a line a sample, or a JSON list, or a JSON mapping from names of splits to lists.

    Files of COCO's form and CVAT's annotations.xml name their images. A line is cells of a table in a .csv file, words
    elsewhere; or the other way round where that names more samples, so names may have blanks and cells be parted by
    commas in a .txt file, too. Left out are empty lines, and of those that name no image comments, which start with #,
    and a line that names the columns.

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
        return [Row(split, (name,)) for name in read_images(path)]
    best: tuple[int, list[Row]] = (-1, [])
    for read in (read_table, read_words) if suffix in TABLES else (read_words, read_table):
        rows = _without_headers([Row(split, tuple(row)) for row in read(path)], is_there, table=suffix in TABLES)
        looked_at = [rows[index] for index in spread(len(rows), LOOKED)]
        found = sum(map(is_there, looked_at))
        if found == len(looked_at):
            return rows
        best = max(best, (found, rows), key=lambda each: each[0])
    return best[1]


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


def _without_headers(rows: Sequence[Row], is_there: Callable[[Row], bool], *, table: bool) -> list[Row]:
    """The rows but for comments and the line that names the columns."""
    said = [row for row in rows if not row.id.startswith("#") or is_there(row)]
    named = bool(said) and said[0].id.lower() in HEADERS and not is_there(said[0])
    # In a table any plain word above names of files is the name of the column.
    if table and len(said) > 1 and WORD.fullmatch(said[0].id):
        named |= is_there(said[1]) and not is_there(said[0])
    return said[1:] if named else said


def _read_json(path: Path, split: str) -> list[tuple[str, ...]]:
    text = read_text(path)
    with readable(path):
        content = json.loads(text)
    if isinstance(content, dict) and isinstance(content.get("images"), list):  # of COCO's form
        content = [
            str(each["file_name"]) for each in content["images"] if isinstance(each, dict) and "file_name" in each
        ]
    if isinstance(content, dict):
        if split not in content:
            raise DataError(f"{path}: no list {split!r}, it has {', '.join(content)}; name the right one under splits")
        content = content[split]
    rows = [[line] if isinstance(line, str) else line for line in content] if isinstance(content, list) else [None]
    if not all(isinstance(row, list) and row and all(isinstance(text, str) for text in row) for row in rows):
        raise DataError(f"{path}: want a list of names, or of lists of names, one a sample")
    return [tuple(row) for row in rows if row]
