"""Recognises the exports of labelling tools by their files, and says what reads them."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from spaces.errors import DataError
from trainers.data.exports.find_boxes import find_boxes
from trainers.data.exports.find_coco import find_coco
from trainers.data.exports.find_cvat import find_cvat
from trainers.data.exports.find_labelme import find_labelme
from trainers.data.exports.find_table import find_table
from trainers.data.exports.find_voc import find_voc
from trainers.data.exports.ready import UnfitError
from trainers.data.folders.names import is_left_by_machines

FINDERS = (find_voc, find_coco, find_cvat, find_labelme, find_table, find_boxes)


def explain_export(root: Path, said: Collection[str] = ()) -> list[str]:
    """What is said of a folder that is an export: its name, and a specification for it; nothing of any other folder.

    Args:
        root: the folder.
        said: readers and patterns of targets in the given specification, which may read the export already.
    """
    lost: list[str] = []
    for place, find in ((place, find) for place in (root, *_inside(root)) for find in FINDERS):
        try:
            export = find(place)
        except UnfitError as error:
            lost += error.problems
            continue
        except DataError as error:
            return list(error.problems)
        except OSError:
            continue
        if export is None:
            continue
        if export.reader in said or any(f'"{pattern}"' in export.text for pattern in said):
            return []
        return [
            f"data.root={place} is an export: {export.tool}. This specification reads it; save it as a file and say "
            f"data.spec=FILE.yaml{'' if place == root else f' and data.root={place}'}:\n\n{export.text}"
        ]
    return [] if said else lost[:1]


def _inside(root: Path) -> list[Path]:
    """The folder that is alone in another one, as archives leave it."""
    entries = [entry for entry in root.iterdir() if not is_left_by_machines(entry.name, "", "")]
    return entries if len(entries) == 1 and entries[0].is_dir() else []
