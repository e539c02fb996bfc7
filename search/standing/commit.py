"""Which code a search has run with: names of commits, as its starts leave them."""

from __future__ import annotations

import subprocess
from pathlib import Path

from search.standing.started import read_started
from search.study.run_folder import BASELINES


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


def list_commits(folder: Path, trials: int, wanted: int) -> tuple[str, ...]:
    """Commits of a search that starts now, in the order in which they were first used.

    One that has ended is drawn again and not trained, and of trials whose commit is not known none is told.

    Args:
        folder: of the run, as its starts before have left it.
        trials: that these have asked for.
        wanted: that there are to be.
    """
    earlier = read_started(folder).commits
    ended = trials >= wanted and (folder / BASELINES).exists()  # which the end of a search alone leaves
    if ended or (trials and not earlier):
        return earlier
    return tuple(name for name in dict.fromkeys((*earlier, find_commit())) if name)
