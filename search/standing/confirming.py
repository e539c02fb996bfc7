"""What a confirmation leaves in a run folder while it trains, beside the start of the search: what it lacked.

A confirmation that ends well takes it away, so one that lies there was stopped, or runs. Nothing rests on it.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

from search.confirming.confirmation import PLACE
from search.jobs.heartbeat import Beat
from search.jobs.job import Job
from search.standing.started import Started
from search.standing.time_left import CONFIRMATION, TRIAL, estimate_left, plan_work
from spaces.common.atomic_files import write_json

BY_ITSELF, BY_SEARCH = ".confirming.json", ".confirming_search.json"
"""Files of who confirms: the command of its own, or a search with confirm.seeds at its end."""


@dataclass(frozen=True)
class Confirming:
    """A confirmation at its start.

    Args:
        flags: of its command, beside the run, as a shell takes them.
        began: Unix time in seconds.
        networks: names of the files of trainings that it lacked, in the run's folder of confirmations.
        alone: those of single-task networks, in the folder that all runs share.
        epochs: of one training, on average.
        concurrency: trainings at a time; 0 while not known.
    """

    flags: str = ""
    began: float = 0.0
    networks: tuple[str, ...] = ()
    alone: tuple[str, ...] = ()
    epochs: float = 1.0
    concurrency: int = 0


def leave_confirming(
    folder: Path, flags: str, began: float, lacking: Sequence[Job], concurrency: int, by: str = BY_ITSELF
) -> None:
    """Leave it; that it cannot be written is no matter.

    Args:
        folder: of the run.
        flags: as in `Confirming`, as is `began`.
        began: when the command did.
        lacking: trainings that are to be done.
        concurrency: of them at a time.
        by: the file of who confirms.
    """
    networks, alone = (
        tuple(job.outcome.name for job in lacking if (job.outcome.parent.name == PLACE) is ours)
        for ours in (True, False)
    )
    epochs = fmean(job.recipe.epochs for job in lacking) if lacking else 1.0
    with suppress(OSError):
        write_json(folder / by, asdict(Confirming(flags, began, networks, alone, epochs, concurrency)))


def drop_confirming(folder: Path, flags: str) -> None:
    """Of a confirmation that has ended well nothing more is to be told; another one that was stopped stays.

    Args:
        folder: of the run.
        flags: as in `Confirming`.
    """
    for by in (BY_ITSELF, BY_SEARCH):
        left = read_confirming(folder, by)
        if left is None or left.flags == flags:
            _unlink(folder / by)


def drop_search_confirming(folder: Path) -> None:
    """A search that has ended well lacks nothing of its own, whatever it was asked to confirm before."""
    _unlink(folder / BY_SEARCH)


def _unlink(file: Path) -> None:
    with suppress(OSError):
        file.unlink(missing_ok=True)


def read_confirming(folder: Path, by: str = BY_ITSELF) -> Confirming | None:
    """What the last confirmation left; None where none is at work or was stopped, or it cannot be read.

    Args:
        folder: of the run.
        by: the file of who confirms.
    """
    try:
        return _restore(json.loads((folder / by).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError, KeyError, AttributeError, OverflowError):
        return None


def is_at_work(folder: Path, since: float, by: str = BY_ITSELF) -> bool:
    """Whether a confirmation works on a run: one that has left word since the run is held.

    Args:
        folder: of the run.
        since: Unix time in seconds from which on it is.
        by: the file of who confirms.
    """
    return find_time(folder / by) >= since


def find_time(file: Path) -> float:
    """Unix time in seconds when a file was written; 0 where it is not there."""
    try:
        return file.stat().st_mtime
    except OSError:
        return 0.0


def _restore(told: Mapping[str, Any]) -> Confirming:
    """From its JSON; whatever is not of its kind raises."""
    networks, alone = (tuple(Path(str(name)).name for name in told[kind]) for kind in ("networks", "alone"))
    began, epochs = float(told["began"]), float(told["epochs"])
    if not (math.isfinite(began) and math.isfinite(epochs) and epochs > 0):
        raise ValueError("no times")
    return Confirming(str(told["flags"]), began, networks, alone, epochs, int(told["concurrency"]))


def list_ended(path: Path, confirming: Confirming) -> list[float]:
    """Seconds of the trainings that have ended since a confirmation began.

    Args:
        path: of the run.
        confirming: what it lacked.
    """
    places = ((path / PLACE, confirming.networks), (path.parent / "baselines", confirming.alone))
    found = [_read_seconds(folder / name) for folder, names in places for name in names]
    return [seconds for seconds in found if seconds is not None]


def _read_seconds(file: Path) -> float | None:
    """Of a training; None where it has not ended well."""
    try:
        outcome = json.loads(file.read_bytes())["outcome"]
        return None if outcome.get("reason") else float(outcome["seconds"])
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def estimate_confirming(
    path: Path, confirming: Confirming, running: Sequence[Beat], trials: Sequence[float], epochs: float
) -> float | None:
    """Seconds until a confirmation has ended; None where that is not known, as of seeds that a budget gives later.

    Args:
        path: of the run.
        confirming: what it lacked.
        running: where trainings stand.
        trials: seconds of those of the search, for the pace before one of these has ended.
        epochs: of each of these.
    """
    started = Started(began=time.time(), concurrency=confirming.concurrency or len(running))
    works, ended = plan_work(started), list_ended(path, confirming)
    work, works[TRIAL].seconds, works[TRIAL].epochs = works[CONFIRMATION], list(trials), epochs
    work.trainings, work.epochs = len(confirming.networks) + len(confirming.alone), confirming.epochs
    work.ended, work.seconds = len(ended), ended
    if running and not work.left:
        return None
    return estimate_left(works, [(CONFIRMATION, beat) for beat in running], started)
