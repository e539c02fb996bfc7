"""The terminal's width, for whatever is laid out in columns."""

from __future__ import annotations

import os
import shutil
import sys

from spaces.common.formatting import hang

NARROWEST, WIDEST, USUAL = 60, 200, 110  # columns; the last where there is no terminal: our choice


def find_width() -> int:
    """Columns of the terminal that standard output goes to, or of $COLUMNS, within what can be laid out."""
    return max(NARROWEST, min(WIDEST, shutil.get_terminal_size((USUAL, 24)).columns))


def lay_out(text: str, indent: int = 2) -> str:
    """A text for standard output: on a terminal wrapped at words, further lines indented; elsewhere as it is."""
    return hang(text, find_room(), indent)


def say(text: str, indent: int = 2) -> None:
    """Print a text at once, laid out as `lay_out` does."""
    print(lay_out(text, indent), flush=True)


def find_room() -> int | None:
    """The same where somebody reads it on a terminal; None in a pipe or file, where lines stay whole."""
    return find_width() if os.environ.get("COLUMNS") or sys.stdout.isatty() else None
