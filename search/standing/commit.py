"""Which code a search has run with: names of commits, as its starts leave them."""

from __future__ import annotations

import subprocess
from pathlib import Path


def find_commit() -> str:
    """Name of this code's commit where it is a checkout, with a plus where files differ from it; else empty."""
    here = Path(__file__).parent
    try:
        told = subprocess.run(
            ["git", "describe", "--always", "--abbrev=12", "--exclude=*", "--dirty=+"],
            cwd=here,
            capture_output=True,
            text=True,
            timeout=5,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return told.stdout.strip()


def add_commit(earlier: tuple[str, ...], trials: int, *, ended: bool) -> tuple[str, ...]:
    """Commits of a search that starts now, in the order in which they were first used.

    Args:
        earlier: of its starts before.
        trials: that these have left; where no commit is known of them, none is told.
        ended: whether nothing is left to be trained, so that what starts only draws the report.
    """
    if ended or (trials and not earlier):
        return earlier
    return tuple(name for name in dict.fromkeys((*earlier, find_commit())) if name)
