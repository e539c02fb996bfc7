"""What is told of data that are right, before they are checked on or searched with."""

from __future__ import annotations

from search.preview.data_summary import Seen, summarise_split
from trainers.data.dataset import DataSet, Noted
from trainers.tasks import Depth, Normals


def list_notes(data: DataSet, seen: Seen | None = None) -> list[str]:
    """A sentence for each thing to know, of data that know what to tell; of others nothing.

    Args:
        data: that were checked.
        seen: samples of its training split, where some were read.

    Raises:
        DataError: a file is not right.
    """
    if not isinstance(data, Noted):
        return []
    notes = list(data.notes())
    if all(any(isinstance(task, kind) for task in data.selected) for kind in (Depth, Normals)):
        from trainers.robustness.frames import remark_axes  # torch: 1.5 s, other data are checked without

        notes += remark_axes(data.selected, (seen or summarise_split(data, "train")).arrays.targets)
    return notes
