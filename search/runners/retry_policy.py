"""The retry policy: how often a job whose worker was lost is handed out again, whether alone, and how it ends."""

from __future__ import annotations

import re
import time
from contextlib import suppress
from dataclasses import dataclass, replace

from search.jobs.heartbeat import read_beat
from search.jobs.job import Job, Outcome

RESTARTS = 3
"""Times that a job is handed out again whose worker died, or which none has begun, without getting any further: our
choice. Whoever kills workers at random may well hit one job twice, and that is no fault of its pattern."""
ONCE = 1
"""Times that one is which begins anew, where it took too long, or memory ran out as Ray tells it."""
MEMORY = re.compile(r"OUT_OF_MEMORY|OutOfMemory|low on memory")  # Ray names memory among causes of any death, too
DEAD = re.compile(r"\b(died|dead)\b")  # as Ray tells it of a worker, or of a node
NODE = re.compile(r"\bnode\b.*\b(died|dead|terminated|removed|preempted)\b")
TIMEOUT = "runner.trial_timeout"


@dataclass(frozen=True)
class Losses:
    """Of one job.

    Args:
        times: in a row, without getting further.
        begun: whether a worker had ever begun it.
        epoch: the last one that was seen to end.
        seconds: wall time from where workers began it until they were lost.
    """

    times: int = 0
    begun: bool = False
    epoch: int = 0
    seconds: float = 0.0


@dataclass(frozen=True)
class Verdict:
    """What becomes of a job that has no outcome.

    Args:
        failure: what it ends with; None where it is handed out again.
        alone: whether nothing may run beside it then.
    """

    failure: Outcome | None = None
    alone: bool = False


class RetryPolicy:
    """Counts the losses of each job."""

    def __init__(self) -> None:
        self._lost: dict[Job, Losses] = {}
        self._starved: set[Job] = set()

    def judge_loss(self, job: Job, why: str) -> Verdict:
        """A job's worker was lost; that it had begun the job is forgotten.

        Args:
            job: that has no outcome.
            why: it was lost, or "" where that is not known.
        """
        begun, beat = job.begun.exists(), read_beat(job.begun)
        with suppress(OSError):  # it is gone with its folder, or cannot be: then the next worker says so
            job.begun.unlink()
        kept = job.checkpoint is not None and job.checkpoint.exists()
        before, epoch = self._lost.get(job, Losses()), beat.epoch if beat else 0
        further = kept and epoch > before.epoch
        spent = max(0.0, time.time() - beat.begun) if beat and beat.begun else 0.0
        times = 1 if further else before.times + 1
        now = Losses(times, begun or before.begun, max(epoch, before.epoch), before.seconds + spent)
        self._lost[job] = now
        by_itself = begun and not NODE.search(why)
        known = TIMEOUT in why or bool(MEMORY.search(why))
        if now.times > (ONCE if by_itself and not kept and known else RESTARTS):
            # Where none was begun, no pattern is at fault.
            return Verdict(Outcome(reason=_explain(why, now), seconds=now.seconds, fault=not now.begun))
        return Verdict(alone=by_itself and TIMEOUT not in why)

    def judge_starved(self, job: Job, outcome: Outcome, *, beside: bool) -> Verdict:
        """A job has run out of memory: it is tried once more, alone, where others ran beside it."""
        if beside and job not in self._starved:
            self._starved.add(job)
            return Verdict(alone=True)
        return Verdict(replace(outcome, reason=f"{outcome.reason}; nothing else of this search ran beside it"))


def _explain(why: str, losses: Losses) -> str:
    if TIMEOUT in why:
        told = f"{why}, {losses.times} times in a row"
        return told if losses.begun else f"{told}, and no worker had begun it by then; allow more"
    what = "its worker was lost" if losses.begun else "no worker could be started for it"
    told = f"{what}, {losses.times} times in a row" + (f" ({why})" if why else "")
    if losses.begun:
        return told if why else f"{told}: it ran out of memory, was killed, or its node went away"
    return f"{told}; every node wants the same packages, PYTHONPATH and files" if why else told
