"""Proposals that are new: the sampler's, drawn again where they repeat a pattern or break a limit."""

from __future__ import annotations

import random
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, takewhile
from operator import is_
from typing import Any

import optuna
from optuna.trial import TrialState

from search.problem.bounds import Stop
from search.problem.problem import Problem
from search.samplers.sampler import Done, Draw, Sampler, Wait
from spaces.choices import Proposal, draw, enumerate_patterns, mutate, replay
from spaces.pattern.sharing_pattern import SharingPattern

REDRAWS = 5  # times the sampler is asked again when it repeats itself: each costs tens of milliseconds
NEIGHBOURS = 50  # mutations and random draws tried after that, microseconds each
SCANNED = 20_000  # patterns enumerated, at most, in search of one that is new: seconds


class Proposals:
    """What a study may train next.

    Args:
        problem: what is searched.
        sampler: proposes patterns.
        anchors: patterns that come first, whatever the sampler.
        seed: of the proposals.
        stop: when there are no more by themselves.

    Attributes:
        problem: with a supernet's estimates, once they are there.
    """

    def __init__(self, problem: Problem, sampler: Sampler, anchors: Sequence[Proposal], seed: int, stop: Stop) -> None:
        self.problem, self._sampler, self._anchors, self._seed, self._stop = problem, sampler, anchors, seed, stop
        self._names: dict[str, str] = {}  # of networks, by key of trials
        self._forget()

    def derive_seed(self, number: int, purpose: str) -> int:
        """Of the draws for a trial: the same in a search that was resumed."""
        return zlib.crc32(f"{self._seed}:{number}:{purpose}".encode())

    def find(self, history: Sequence[optuna.trial.FrozenTrial]) -> tuple[Proposal, dict[str, Any]] | Wait | Done:
        """The first proposal that is new and within the limits, with the sampler's notes for its trial.

        Args:
            history: trials so far.

        Returns:
            That, or that there is nothing to train for now, or any more.

        Raises:
            UserError: the sampler cannot go on, with its reason.
        """
        sound, failures = self._take_in(history)
        for proposed in self._proposed(history):
            if isinstance(proposed, (Wait, Done)):
                return proposed
            if reason := self._stop.explain(proposed.gain):
                return Done(reason)
            wanted = replay(self.problem.space, self.problem.tasks, proposed.choices)
            spent = {name for name, count in failures.items() if count >= proposed.tries}
            if self._fits(wanted.pattern, sound | spent):
                return wanted, proposed.notes
        rng, seen = random.Random(self.derive_seed(len(history), "around")), sound.union(failures)
        for proposal in self._around([wanted.choices, *(trial.params for trial in history)], rng):
            if self._fits(proposal.pattern, seen):
                return proposal, {}
        return Done(f"The space has no other pattern within the limits: all {len(history)} are trained.")

    def list_known(self, history: Sequence[optuna.trial.FrozenTrial]) -> set[str]:
        """Names of the networks that are trained or running, without failed ones."""
        return self._take_in(history)[0]

    def _forget(self) -> None:
        self._ended: list[optuna.trial.FrozenTrial] = []  # the first of the history, and what is known of these
        self._sound: set[str] = set()
        self._failures: Counter[str] = Counter()

    def _take_in(self, history: Sequence[optuna.trial.FrozenTrial]) -> tuple[set[str], Counter[str]]:
        """Names of the networks that are trained or running, and how often each failed."""
        # Those that have ended stay as they are, so of thousands not each is named again for every proposal.
        if not all(map(is_, self._ended, history)) or len(history) < len(self._ended):
            self._forget()
        for trial in takewhile(lambda each: each.state.is_finished(), history[len(self._ended) :]):
            self._count(trial, self._sound, self._failures)
            self._ended.append(trial)
        sound, failures = self._sound.copy(), self._failures.copy()
        for trial in history[len(self._ended) :]:
            self._count(trial, sound, failures)
        return sound, failures

    def _count(self, trial: optuna.trial.FrozenTrial, sound: set[str], failures: Counter[str]) -> None:
        if trial.state == TrialState.FAIL:
            failures[self._identify(trial)] += 1
        else:
            sound.add(self._identify(trial))

    def _proposed(self, history: Sequence[optuna.trial.FrozenTrial]) -> Iterator[Draw | Wait | Done]:
        """Anchors, then the sampler's proposals; with a supernet none before its estimates are there."""
        if self._sampler.uses_supernet and self.problem.estimates is None:
            yield Wait()
        yield from (Draw(dict(anchor.choices)) for anchor in self._anchors)
        for attempt in range(REDRAWS):
            yield self._sampler.propose(self.problem, history, self.derive_seed(len(history), str(attempt)))

    def _around(self, known: Sequence[Mapping[str, Any]], rng: random.Random) -> Iterator[Proposal]:
        """Mutations of the first and then of all known choices, random draws, and at last the space in order."""
        space, tasks = self.problem.space, self.problem.tasks
        first = replay(space, tasks, known[0])
        yield from (mutate(space, tasks, first, rng) for _ in range(NEIGHBOURS))
        yield from (mutate(space, tasks, replay(space, tasks, rng.choice(known)), rng) for _ in range(NEIGHBOURS))
        yield from (draw(space, tasks, rng) for _ in range(NEIGHBOURS))
        yield from islice(enumerate_patterns(space, tasks), SCANNED)

    def _identify(self, trial: optuna.trial.FrozenTrial) -> str:
        """The name of a trial's network."""
        key = str(trial.user_attrs["key"])
        if key not in self._names:
            pattern = replay(self.problem.space, self.problem.tasks, trial.params).pattern
            self._names[key] = self.problem.identify(pattern)
        return self._names[key]

    def _fits(self, pattern: SharingPattern, seen: set[str]) -> bool:
        return self.problem.identify(pattern) not in seen and self.problem.allows(pattern)
