"""The terminal's width, for whatever is laid out in columns."""

from __future__ import annotations

import os
import shutil
import sys

NARROWEST, WIDEST, USUAL = 60, 200, 110  # columns; the last where there is no terminal: our choice


def find_width() -> int:
    """Columns of the terminal that standard output goes to, or of $COLUMNS, within what can be laid out."""
    return max(NARROWEST, min(WIDEST, shutil.get_terminal_size((USUAL, 24)).columns))


def find_room() -> int | None:
    """The same where somebody reads it on a terminal; None in a pipe or file, where lines stay whole."""
    return find_width() if os.environ.get("COLUMNS") or sys.stdout.isatty() else None
