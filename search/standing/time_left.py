"""How long a search still takes, from what it has trained so far.

By kind of training, for their epochs and costs differ: the mean of those that have ended; before one has, its epochs at
the pace of an epoch that has just ended, or of another kind. Trainings share the places, but trials that follow one
another. A plan's forecast holds until the first trial has ended, for it has timed the very networks.
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
    works: Mapping[str, Work], running: Sequence[tuple[str, Beat | None]], started: Started
) -> float | None:
    """Seconds until the search has ended; None while nothing is known.

    Args:
        works: by kind.
        running: kind of each training that runs, and where it stands.
        started: how many trainings run at a time, whether trials follow one another, and what a plan foretells.
    """
    forecast = started.foretell()
    if forecast is not None and not works[TRIAL].seconds:
        return max(0.0, forecast)
    left = {}
    for kind, work in works.items():
        beats = [beat for other, beat in running if other == kind and beat]
        found = _estimate_kind(work, beats, _find_pace(works, running, kind)) if work.left else 0.0
        if found is None:
            return None
        left[kind] = found
    return _lay_out(works, left, started)


def _estimate_kind(work: Work, beats: Sequence[Beat], pace: float | None) -> float | None:
    """Seconds of one kind's trainings, one after the other; None where nothing is known of them."""
    each = fmean(work.seconds) if work.seconds else None if pace is None else pace * work.epochs
    if each is None:
        return None
    done = sum(beat.epoch / beat.epochs for beat in beats if beat.epochs)
    answers = [beat for beat in beats if beat.estimated]
    estimating = sum(beat.estimating * (beat.estimates / beat.estimated - 1) for beat in answers)
    return max(0.0, work.left - done) * each + estimating


def _lay_out(works: Mapping[str, Work], left: Mapping[str, float], started: Started) -> float:
    """Seconds of trainings that run side by side, as far as one need not wait for another."""

    def share(kind: str, places: int) -> float:
        return left.get(kind, 0.0) / max(1, min(places, works[kind].left if kind in works else 1))

    places = max(1, started.concurrency)
    chains = min(places, started.fresh or places) if started.chained else places  # a chain for each fresh seed
    supernet = left.get(SUPERNET, 0.0)
    before = max(supernet, (supernet + left.get(BASELINE, 0.0)) / places)  # trials wait for that one training
    trials = left[TRIAL] / (1 if started.chained else places)
    return before + trials + share(FINAL, places) + share(CONFIRMATION, chains)


def describe_left(seconds: float) -> str:
    """Such as "about 3 min 20 s left"; of less than a second that the end is near, for a report is still written."""
    return "finishing" if round(seconds) < 1 else f"about {format_duration(seconds)} left"


def _find_pace(works: Mapping[str, Work], running: Sequence[tuple[str, Beat | None]], kind: str) -> float | None:
    """Seconds of an epoch of a kind of which none has ended, by those of other kinds or that run; None without any.

    A network of one task is faster than one of several, so those of its like come first.
    """
    alike = [other for other in works if (other == BASELINE) is (kind == BASELINE)]
    for kinds in (alike, list(works)):
        known = [fmean(works[each].seconds) / works[each].epochs for each in kinds if works[each].seconds]
        for among in ([kind], kinds):
            known = known or [beat.seconds for each, beat in running if each in among and beat and beat.epoch]
        if known:
            return fmean(known)
    return None
