"""Recognises the exports of labelling tools by their files, and says what reads them."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from spaces.errors import DataError
from trainers.data.exports.find_coco import find_coco
from trainers.data.exports.find_cvat import find_cvat
from trainers.data.exports.find_labelme import find_labelme
from trainers.data.exports.find_table import find_table
from trainers.data.exports.find_voc import find_voc

FINDERS = (find_voc, find_coco, find_cvat, find_labelme, find_table)


def explain_export(root: Path, said: Collection[str] = ()) -> list[str]:
    """What is said of a folder that is an export: its name, and a specification for it; nothing of any other folder.

    Args:
        root: the folder.
        said: readers and patterns of targets in the given specification, which may read the export already.
    """
    for find in FINDERS:
        try:
            export = find(root)
        except DataError as error:
            return list(error.problems)
        except OSError:
            continue
        if export is None:
            continue
        if export.reader in said or any(f'"{pattern}"' in export.text for pattern in said):
            return []
        return [
            f"data.root={root} is an export: {export.tool}. This specification reads it; save it as a file and say "
            f"data.spec=FILE.yaml:\n\n{export.text}"
        ]
    return []
