"""In which state a run is, in a word."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from search.standing.confirming import BY_ITSELF, BY_SEARCH, Confirming, is_at_work, read_confirming
from search.study.run_folder import BASELINES, TRIALS

RUNNING, FINISHED, STOPPED, BEGUN, DAMAGED = "running", "finished", "stopped", "not begun", "damaged"
CONFIRMING = "confirming"  # running, but not a search


def find_state(path: Path, since: float, end: str, began: float) -> tuple[str, Confirming | None]:
    """The state of a run, and the confirmation that is at work or was stopped.

    Args:
        path: its folder.
        since: Unix time in seconds from which on a process works on it; 0 for none.
        end: as `judge_end` has it, which counts where no process does; but a search whose own confirmation was stopped
            has not finished.
        began: Unix time in seconds of the search's last start, which need not confirm what an earlier one did.
    """
    searching, asked = (read_confirming(path, by) for by in (BY_SEARCH, BY_ITSELF))
    searching = searching if searching and searching.began >= began else None
    if not since:
        return STOPPED if searching and end == FINISHED else end, searching or asked
    if asked and is_at_work(path, since):
        return CONFIRMING, asked
    return RUNNING, searching if is_at_work(path, since, BY_SEARCH) else None


def judge_end(path: Path, ended: int, wanted: int | None, last: float, began: float) -> str:
    """The state of a run that no search holds.

    Args:
        path: its folder.
        ended: trials that have.
        wanted: trials that there are to be; None if not known.
        last: as `find_last` has it.
        began: Unix time in seconds of the last start, which writes the report anew if it ends well; 0 if not known.
    """
    report = path / BASELINES
    written = report.stat().st_mtime if report.exists() else -1.0
    if written >= began and (written >= last or (wanted is not None and ended >= wanted)):
        return FINISHED
    return STOPPED if ended or (path / "study.journal").exists() else BEGUN


def find_last(path: Path, ends: Mapping[int, float]) -> float:
    """Unix time in seconds when a trial ended last; 0 for never.

    Args:
        path: of the run.
        ends: as trials have it, by number; where one does not, that of its file counts, which a copy has anew.
    """
    files = (path / TRIALS).glob("[0-9]*.json")
    return max((ends.get(int(each.stem)) or each.stat().st_mtime for each in files), default=0.0)
