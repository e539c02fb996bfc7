"""Recognises exports that have no pixels' classes: boxes as PASCAL VOC and YOLO have them, spreadsheets of programs."""

from __future__ import annotations

import re
from itertools import islice
from pathlib import Path

from trainers.data.exports.ready import Export, UnfitError
from trainers.data.formats.files import IMAGES

LOOKED = 20
"""Files of a folder that are opened: our choice."""
MOST = 20_000
"""Files of boxes whose objects are counted: our choice."""
DIFFICULT = re.compile(r"<difficult>\s*1\s*</difficult>")
SHEETS = (".xlsx", ".xls", ".ods", ".parquet", ".feather")
YOLO = re.compile(r"(\d+( -?[\d.e-]+){4,}\s*)+")
"""Lines of a class's number and shares of width and height."""


def find_boxes(root: Path) -> Export | None:
    """Nothing, for no specification reads such.

    Raises:
        UnfitError: it is one: what it is, and how to come to what is read.
    """
    for place in (root, *sorted(entry for entry in root.iterdir() if entry.is_dir())):
        if path := _find(place / "Annotations", "*.xml", "<bndbox>") or _find(place / "ImageSets/Main", "*.txt", ""):
            raise UnfitError(
                f"{path}: of PASCAL VOC's boxes, which tell no pixels, and no folder SegmentationClass; export "
                "polygons or masks, or write a table with a row an image and 1 or 0 for every class that may be in it"
                + _tell_difficult(place / "Annotations")
            )
        for folder in (place / "labels", *sorted(place.glob("labels/*/"))):
            if (path := _find(folder, "*.txt", "")) and YOLO.fullmatch(_start(path)):
                raise UnfitError(
                    f"{path}: YOLO's boxes or outlines, which are not read; export them as COCO's JSON with polygons, "
                    "or as masks"
                )
        if path := _find(place, "*.jsonl", "{") or _find(place, "*.ndjson", "{"):
            raise UnfitError(
                f"{path}: a manifest of JSON lines, which is not read; write it as a table with a row an image: "
                f"""python -c 'import pandas; pandas.read_json("{path.name}", lines=True).to_csv("{path.stem}.csv", """
                """index=False)', and run search.check again, which then shows a specification"""
            )
        sheets = sorted(path for path in place.iterdir() if path.suffix.lower() in SHEETS)
        if sheets and any(path.suffix.lower() in IMAGES for path in islice(root.rglob("*.*"), 1000)):
            raise UnfitError(f"{sheets[0]}: a table of a kind that is not read; save it as CSV, UTF-8, a row an image")
    return None


def _tell_difficult(folder: Path) -> str:
    """What becomes of objects that are hard to see, in such a table; "" where there are none."""
    files = islice(sorted(folder.glob("*.xml")), MOST)
    count = sum(len(DIFFICULT.findall(_start(path))) for path in files)
    if not count:
        return ""
    objects = "1 object is" if count == 1 else f"{count} objects are"
    return (
        f"; {objects} marked difficult: leave the cell of such a class empty where the image has no other of it, for "
        "VOC counts it neither as there nor as missing"
    )


def _find(folder: Path, pattern: str, text: str) -> Path | None:
    """The first file with some text in it."""
    return next((path for path in islice(sorted(folder.glob(pattern)), LOOKED) if text in _start(path)), None)


def _start(path: Path) -> str:
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            return file.read(100_000)
    except OSError:
        return ""
