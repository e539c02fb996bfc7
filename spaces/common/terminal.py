"""The terminal's width, for whatever is laid out in columns."""

from __future__ import annotations

import shutil

NARROWEST, WIDEST, USUAL = 60, 200, 110  # columns; the last where there is no terminal: our choice


def find_width() -> int:
    """Columns of the terminal that standard output goes to, or of $COLUMNS, within what can be laid out."""
    return max(NARROWEST, min(WIDEST, shutil.get_terminal_size((USUAL, 24)).columns))
