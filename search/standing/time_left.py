"""How long a search still takes, from what it has trained so far.

By kind of training, for their epochs and costs differ: the mean of those that have ended; before one has, its epochs at
the pace of another kind, or at the pace of an epoch that has just ended. A plan's forecast holds until the first trial
has ended, for it has timed the very networks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean

from search.jobs.heartbeat import Beat
from search.jobs.job import Job
from search.standing.started import Started
from spaces.common.formatting import format_duration

BASELINE, SUPERNET, TRIAL, FINAL, CONFIRMATION = "baseline", "supernet", "trial", "final", "confirmation"


@dataclass
class Work:
    """Trainings of one kind.

    Args:
        trainings: that the search is to have.
        epochs: of each.
        ended: of them so far, those of earlier starts and failed ones counted.
        seconds: of those that ended well in this start.
    """

    trainings: int = 0
    epochs: float = 1.0
    ended: int = 0
    seconds: list[float] = field(default_factory=list)

    @property
    def left(self) -> int:
        """Trainings that have not ended."""
        return max(0, self.trainings - self.ended)


def plan_work(started: Started, front: int = 0) -> dict[str, Work]:
    """What is to be trained, by kind, none of which has ended; a front of so many members is confirmed."""
    kinds = (BASELINE, SUPERNET, TRIAL, FINAL, CONFIRMATION)
    works = {kind: Work(started.trainings.get(kind, 0), started.epochs.get(kind, 1.0)) for kind in kinds}
    works[CONFIRMATION].trainings += started.fresh * front
    return works


def find_kind(job: Job) -> str:
    """What a job is trained for."""
    if job.tested:
        return CONFIRMATION
    if job.members is not None:
        return SUPERNET
    if len(job.pattern.tasks) == 1:
        return BASELINE
    return FINAL if job.label.startswith(FINAL) else TRIAL


def estimate_left(
    works: Mapping[str, Work],
    running: Sequence[tuple[str, Beat | None]],
    concurrency: int,
    forecast: float | None = None,
) -> float | None:
    """Seconds until the search has ended; None while nothing is known.

    Args:
        works: by kind.
        running: kind of each training that runs, and where it stands.
        concurrency: trainings at a time.
        forecast: seconds that a plan foretells from now on, or None.
    """
    if forecast is not None and not works[TRIAL].seconds:
        return max(0.0, forecast)
    pace = _find_pace(works, [beat for _, beat in running if beat])
    left = 0.0
    for kind, work in works.items():
        if not work.left:
            continue
        each = fmean(work.seconds) if work.seconds else None if pace is None else pace * work.epochs
        if each is None:
            return None
        done = sum(beat.epoch / beat.epochs for other, beat in running if other == kind and beat and beat.epochs)
        left += max(0.0, work.left - done) * each
    return left / max(1, concurrency)


def describe_left(seconds: float) -> str:
    """Such as "about 3 min 20 s left"; of less than a second that the end is near, for a report is still written."""
    return "finishing" if round(seconds) < 1 else f"about {format_duration(seconds)} left"


def _find_pace(works: Mapping[str, Work], beats: Sequence[Beat]) -> float | None:
    """Seconds of an epoch, of whatever kind is known."""
    known = [fmean(work.seconds) / work.epochs for work in works.values() if work.seconds]
    known = known or [beat.seconds for beat in beats if beat.epoch]
    return fmean(known) if known else None
