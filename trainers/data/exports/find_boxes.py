"""Recognises exports that have no pixels' classes: boxes as PASCAL VOC and YOLO have them, spreadsheets of programs."""

from __future__ import annotations

import re
from itertools import islice
from pathlib import Path

from trainers.data.exports.ready import Export, UnfitError
from trainers.data.formats.files import IMAGES

LOOKED = 20
"""Files of a folder that are opened: our choice."""
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
            )
        for folder in (place / "labels", *sorted(place.glob("labels/*/"))):
            if (path := _find(folder, "*.txt", "")) and YOLO.fullmatch(_start(path)):
                raise UnfitError(
                    f"{path}: YOLO's boxes or outlines, which are not read; export them as COCO's JSON with polygons, "
                    "or as masks"
                )
        sheets = sorted(path for path in place.iterdir() if path.suffix.lower() in SHEETS)
        if sheets and any(path.suffix.lower() in IMAGES for path in islice(root.rglob("*.*"), 1000)):
            raise UnfitError(f"{sheets[0]}: a table of a kind that is not read; save it as CSV, UTF-8, a row an image")
    return None


def _find(folder: Path, pattern: str, text: str) -> Path | None:
    """The first file with some text in it."""
    return next((path for path in islice(sorted(folder.glob(pattern)), LOOKED) if text in _start(path)), None)


def _start(path: Path) -> str:
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            return file.read(100_000)
    except OSError:
        return ""
