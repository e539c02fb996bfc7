"""The jobs of a confirmation, as runners take them: chains of trainings, and more of them as more is known."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence

from search.jobs.job import Job, Outcome
from search.jobs.outcome_files import read_result
from spaces.common.formatting import format_duration

Chain = tuple[Job, ...]
RETRIES = 1  # times a failed one is tried again


class ConfirmQueue:
    """Chains of jobs; of equal ones one is run.

    Args:
        more: asked whenever nothing is left: chains that follow from what is known by then, none at the end.
        say: hears of the progress.
        hear: hears of every outcome that was trained or found, once it is safe.

    Attributes:
        outcomes: of jobs that have ended, by the job.
        running: jobs handed out and not answered.
        fault: what the machine is to blame for; nothing starts after it. Empty where there is none.
    """

    def __init__(
        self,
        more: Callable[[], Sequence[Chain]],
        say: Callable[[str], None],
        hear: Callable[[Job, Outcome], None],
    ) -> None:
        self._more, self._say, self._hear = more, say, hear
        self._waiting: deque[Chain] = deque()
        self._failures: dict[Job, int] = {}
        self._chains: dict[Job, Chain] = {}
        self._failed: set[Job] = set()  # last jobs of chains that came to no end
        self._device: str | None = None
        self._begun: float | None = None  # when the first job was handed to a runner, whose start is no training
        self._trained, self._ended = 0, False
        self.outcomes: dict[Job, Outcome] = {}
        self.running: set[Job] = set()
        self.fault = ""

    def next(self) -> Job | None:
        """The next job to start; None when nothing is left to start, for now."""
        while not self.fault:
            if not self._waiting and not self.running and not self._ended:
                self._ended = not self._ask()
            chain = next((each for each in self._waiting if not self._is_running(each)), None)
            if chain is None:
                return None
            self._waiting.remove(chain)
            job = self._advance(chain)
            if job is not None:
                self._begun = self._begun or time.monotonic()
                self.running.add(job)
                return job
        return None

    def _is_running(self, chain: Chain) -> bool:
        """Whether a training of a chain is under way, for it or for another chain."""
        under_way = {job.outcome for job in self.running}
        return any(job.outcome in under_way for job in chain)

    def is_answered(self, device: str) -> bool:
        """Whether everything was trained before on this kind of device, so that no runner need be started for it."""
        self.answer_from_cache(device)
        job = self.next()
        if job is None:
            return True
        self.running.discard(job)
        self._waiting.appendleft(self._chains[job])
        self._begun = None
        return False

    def _ask(self) -> bool:
        """Take more chains; whether there were any."""
        over = self._failed.union(self.outcomes)
        chains = {chain[-1]: chain for chain in self._more() if chain[-1] not in over}
        self._waiting.extend(chains.values())
        return bool(chains)

    def _advance(self, chain: Chain) -> Job | None:
        """The first job of a chain that has to be run; None where its last one is there already."""
        if found := self._find(chain[-1]):
            self._take(chain[-1], found, chain)
            return None
        job = next(each for each in chain if not self._find(each))
        self._chains[job] = chain
        return job

    def _find(self, job: Job) -> Outcome | None:
        """What a job has come to, in this start or an earlier one, with its weights where it leaves any."""
        found = self.outcomes.get(job)
        if found is None and self._device is not None:
            found = read_result(job, self._device)
        lacking = job.weights is not None and not job.weights.exists()
        if lacking:
            job.outcome.unlink(missing_ok=True)
        return None if lacking or found is None or not found.complete else found

    def done(self, job: Job, outcome: Outcome) -> None:
        """Take the outcome of a job; a failed one is tried again."""
        self.running.discard(job)
        chain = self._chains[job]
        if outcome.fault:
            self.fault = f"{job.label}: {outcome.reason}"
            return
        if not outcome.complete:
            self._failures[job] = self._failures.get(job, 0) + 1
            job.outcome.unlink(missing_ok=True)
            if self._failures[job] <= RETRIES:
                self._waiting.append(chain)
                return
        self._trained += 1
        self._tell(job, outcome)
        if job == chain[-1] or not outcome.complete:
            self._take(job, outcome, chain)
        else:
            self.outcomes[job] = outcome
            self._waiting.appendleft(chain)

    def _take(self, job: Job, outcome: Outcome, chain: Chain) -> None:
        """A chain has ended, well or not; weights in between have served, unless another chain goes on from them."""
        self.outcomes[job] = outcome
        if not outcome.complete:
            self._failed.add(chain[-1])
        others = [*self._waiting, *(self._chains[each] for each in self.running)]
        wanted = {each.weights for other in others for each in other[:-1]}
        for each in chain[:-1]:
            if each.weights is not None and each.weights not in wanted:
                each.weights.unlink(missing_ok=True)
        if outcome.complete:
            self._hear(job, outcome)

    def _tell(self, job: Job, outcome: Outcome) -> None:
        left = self._count_left([self._chains[job]] if outcome.complete else [])
        pace = (time.monotonic() - (self._begun or time.monotonic())) / self._trained
        what = f"{outcome.seconds:.0f} s" if outcome.complete else f"failed: {outcome.reason}"
        also = f"; {left} left, about {format_duration(left * pace)}" if left else ""
        self._say(f"{job.label}: {what}{also}")

    def _count_left(self, current: list[Chain]) -> int:
        """Trainings that known chains lack yet."""
        chains = [*self._waiting, *(self._chains[each] for each in self.running), *current]
        return len(list_lacking(chains))

    def look(self) -> None:
        """Nothing is due."""

    @property
    def stopped(self) -> bool:
        """Whether nothing more is to start."""
        return bool(self.fault)

    def answer_from_cache(self, device: str) -> None:
        """Take what was trained before on this kind of device, "cpu" or "cuda", as it is met."""
        self._device = device


def list_lacking(chains: Sequence[Chain]) -> list[Job]:
    """Trainings that chains lack yet, each once; a chain whose last one is there lacks none."""
    lacking = [chain for chain in chains if not chain[-1].outcome.exists()]
    return list({job.outcome: job for chain in lacking for job in chain if not job.outcome.exists()}.values())
