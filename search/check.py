"""Looks at a data set before any search: counts, shapes, extents, invalid pixels, and a picture of it.

argv -> settings -> the data's own check -> some samples of every split -> table, contact sheet -> the search's checks.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from search.config.command import explain_unwritable, run_command
from search.config.padding_note import describe_padding
from search.config.settings import Settings
from search.config.validation import check_beside_data, check_data
from search.preview.contact_sheet import draw_contact_sheet
from search.preview.data_summary import summarise_split, tabulate_tasks
from search.preview.notes import list_notes
from spaces.common.formatting import align_columns
from spaces.common.terminal import find_room, say
from spaces.errors import ConfigError
from trainers.data.splits.arrays import SPLITS


def main(argv: Sequence[str] | None = None) -> int:
    """Check a data set from the command line; every mistake ends in one message and exit status 2, as in a search."""
    return run_command(argv, "search.check", _run)


def _run(settings: Settings, given: str) -> int:
    check_data(settings)
    _report(settings)
    settings.tracking.check()
    check_beside_data(settings)  # last, so that the picture is there when the network does not suit the data
    if note := describe_padding(settings):
        print(f"\n{note}")
    return 0


def _report(settings: Settings) -> None:
    """Print what there is, and draw it."""
    data = settings.data
    height, width = data.size
    seen = [summarise_split(data, split) for split in SPLITS]
    print(f"{data.name}: images of {height}x{width} pixels (height x width)\n")
    counts = [(each.split, str(each.count), str(len(each.arrays))) for each in seen]
    splits = align_columns([("split", "images", "looked at"), *counts], find_room())
    print(*splits, "", *align_columns(tabulate_tasks(data.selected, seen), find_room()), sep="\n")
    if any(each.count > len(each.arrays) for each in seen):
        say("\nOf larger splits, files evenly spread are looked at; the others are read when they are trained on.")
    notes = list_notes(data, seen[SPLITS.index("train")])
    print(*(f"\nNote: {note}." for note in notes), sep="", end="\n" if notes else "")
    path = settings.run.folder / "checks" / f"{data.name}.png"
    try:
        draw_contact_sheet(path, data.name, data.selected, seen)
    except OSError as error:
        raise ConfigError(explain_unwritable(path, error)) from error
    print(f"\nImages with their targets, black where invalid: {path}")


if __name__ == "__main__":
    sys.exit(main())
