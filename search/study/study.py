"""The study: which pattern is trained next, and what is known of those that were.

Optuna keeps it, on a journal file in the run folder that optuna-dashboard opens unchanged. Every trial in it is a
pattern that is or was trained: proposals that repeat a pattern, or break a limit, are drawn again before they get
there. One process writes; the run folder's lock sees to that.
"""

from __future__ import annotations

import random
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any

import optuna
from optuna.distributions import CategoricalDistribution
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
from optuna.trial import TrialState

from search.config.sections import Limits, Stop
from search.problem.problem import Problem
from search.samplers.ask_optuna import list_directions
from search.samplers.sampler import Done, Draw, Sampler, Wait
from search.study.trial import Trial
from spaces.choices import Proposal, draw, enumerate_patterns, mutate, replay
from spaces.common.atomic_files import strict
from spaces.errors import ConfigError, DataError
from spaces.networks.cost import Cost
from spaces.pattern.sharing_pattern import SharingPattern

REDRAWS = 5  # times the sampler is asked again when it repeats itself: each costs tens of milliseconds
NEIGHBOURS = 50  # mutations and random draws tried after that, microseconds each
SCANNED = 20_000  # patterns enumerated, at most, in search of one that is new: seconds

NEVER = Stop()

optuna.logging.set_verbosity(optuna.logging.ERROR)


@dataclass(frozen=True)
class Candidate:
    """A pattern that is to be trained.

    Args:
        number: of its trial in the study, from 0 without gaps.
        choices: decisions that led to it.
        pattern: what is shared.
        cost: exact, known before training.
    """

    number: int
    choices: dict[str, Any]
    pattern: SharingPattern
    cost: Cost


class Study:
    """Ask and tell over one journal file.

    Args:
        journal: file of the study; made if it is not there.
        problem: what is searched.
        sampler: proposes patterns.
        anchors: patterns that are tried first, whatever the sampler, by name.
        seed: of the proposals.
        stop: when it ends by itself.

    Raises:
        ConfigError: the sampler cannot serve the problem, or no pattern of the space meets the limits.
    """

    def __init__(
        self,
        journal: Path,
        problem: Problem,
        sampler: Sampler,
        *,
        anchors: Mapping[str, Proposal],
        seed: int,
        stop: Stop = NEVER,
    ) -> None:
        self.problem, self.sampler, self._anchors, self._seed, self._stop = problem, sampler, anchors, seed, stop
        self._refuse_impossible_limits()
        sampler.check(problem)
        self._study = _open(journal, list_directions(problem))

    def running(self) -> list[Candidate]:
        """Trials that were asked for and have no outcome yet: those that an interruption left behind."""
        return [
            self._candidate(trial.number, self._replay(trial.params))
            for trial in self._study.get_trials(deepcopy=False, states=(TrialState.RUNNING,))
        ]

    def rungs(self, number: int) -> dict[str, dict[str, float]]:
        """What a trial has shown at pauses, by the epochs until then."""
        return dict(self._study.get_trials(deepcopy=False)[number].user_attrs.get("rungs", {}))

    def paused(self, number: int, epochs: int, values: Mapping[str, float]) -> None:
        """Record what a trial showed at a pause; it stays running for the study."""
        self._live(number).set_user_attr("rungs", {**self.rungs(number), str(epochs): strict(values)})

    def __len__(self) -> int:
        """Trials so far, running ones among them."""
        return len(self._study.get_trials(deepcopy=False))

    def ask(self) -> Candidate | Wait | Done:
        """The next pattern to train, never one that this study has seen.

        Raises:
            UserError: the sampler cannot go on, with its reason.
        """
        history = self._study.get_trials(deepcopy=False)
        accepted = self._accepted(history)
        if isinstance(accepted, (Wait, Done)):
            return accepted
        proposal, notes = accepted
        options = _options(self.problem, proposal.choices)
        self._study.add_trial(
            optuna.trial.create_trial(
                state=TrialState.RUNNING,
                params=proposal.choices,
                distributions=options,
                user_attrs={"key": proposal.pattern.key},
                system_attrs=notes,
            )
        )
        return self._candidate(len(history), proposal)

    def tell(self, trial: Trial) -> None:
        """Record how a trial ended; a trial that has been told is left as it is."""
        frozen = self._study.get_trials(deepcopy=False)[trial.number]
        if frozen.state.is_finished():
            return
        live = self._live(trial.number)
        live.set_user_attr("metrics", strict({**trial.metrics, "macs": trial.macs, "params": trial.params}))
        live.set_user_attr("findings", strict(trial.findings))
        if trial.complete:
            self._study.tell(trial.number, [trial.objectives[o.name] for o in self.problem.objectives])
        else:
            live.set_user_attr("reason", trial.reason)
            self._study.tell(trial.number, state=TrialState.FAIL if trial.failed else TrialState.PRUNED)

    def outlook(self) -> str:
        """Whether a sampler that comes to an end has come to it; empty for one that has none."""
        most = self.sampler.most(self.problem)
        if most is None:
            return ""
        history = self._study.get_trials(deepcopy=False)
        answer = self.sampler.propose(self.problem, history, self._seed_of(len(history), "outlook"))
        if isinstance(answer, Done):
            return answer.reason
        return f"The sampler had not come to its end after {len(history)} trials: trials={most} is enough for it."

    def marks(self) -> dict[str, str]:
        """Patterns worth pointing out, the space's landmarks and the sampler's, in words by pattern key."""
        words: dict[str, list[str]] = {}
        for name, anchor in self._anchors.items():
            words.setdefault(anchor.pattern.key, []).append(name)
        for key, name in self.sampler.marks(self.problem, self._study.get_trials(deepcopy=False)).items():
            words.setdefault(key, []).append(name)
        return {key: ", ".join(names) for key, names in words.items()}

    def _live(self, number: int) -> optuna.trial.Trial:
        """What Study.tell makes itself to reach a trial by number; its attributes show in optuna-dashboard."""
        return optuna.trial.Trial(self._study, self._study.get_trials(deepcopy=False)[number]._trial_id)

    def _accepted(self, history: Sequence[optuna.trial.FrozenTrial]) -> tuple[Proposal, dict[str, Any]] | Wait | Done:
        """The first proposal that is new and within the limits, with the sampler's notes for its trial."""
        seen = {trial.user_attrs["key"] for trial in history}
        sound = {trial.user_attrs["key"] for trial in history if trial.state != TrialState.FAIL}
        failures = Counter(trial.user_attrs["key"] for trial in history if trial.state == TrialState.FAIL)
        for proposed in self._proposed(history):
            if isinstance(proposed, (Wait, Done)):
                return proposed
            if reason := self._stop.reason(proposed.gain):
                return Done(reason)
            wanted = self._replay(proposed.choices)
            spent = {key for key, count in failures.items() if count >= proposed.tries}
            if self._fits(wanted.pattern, sound | spent):
                return wanted, proposed.notes
        rng = random.Random(self._seed_of(len(history), "around"))
        for proposal in self._around([wanted.choices, *(trial.params for trial in history)], rng):
            if self._fits(proposal.pattern, seen):
                return proposal, {}
        return Done(f"The space has no other pattern within the limits: all {len(history)} are trained.")

    def _proposed(self, history: Sequence[optuna.trial.FrozenTrial]) -> Iterator[Draw | Wait | Done]:
        """Anchors, then the sampler's proposals."""
        yield from (Draw(dict(anchor.choices)) for anchor in self._anchors.values())
        for attempt in range(REDRAWS):
            yield self.sampler.propose(self.problem, history, self._seed_of(len(history), str(attempt)))

    def _around(self, known: Sequence[Mapping[str, Any]], rng: random.Random) -> Iterator[Proposal]:
        """Mutations of the first and then of all known choices, random draws, and at last the space in order."""
        space, tasks = self.problem.space, self.problem.tasks
        first = replay(space, tasks, known[0])
        yield from (mutate(space, tasks, first, rng) for _ in range(NEIGHBOURS))
        yield from (mutate(space, tasks, replay(space, tasks, rng.choice(known)), rng) for _ in range(NEIGHBOURS))
        yield from (draw(space, tasks, rng) for _ in range(NEIGHBOURS))
        yield from islice(enumerate_patterns(space, tasks), SCANNED)

    def _fits(self, pattern: SharingPattern, seen: set[str]) -> bool:
        return pattern.key not in seen and self.problem.allows(pattern)

    def _refuse_impossible_limits(self) -> None:
        limits = self.problem.limits
        if limits == Limits():
            return
        least: dict[str, int] = {}
        others = islice(enumerate_patterns(self.problem.space, self.problem.tasks), SCANNED // 10)
        for proposal in chain(self._anchors.values(), others):  # the cheapest is among the anchors
            cost = self.problem.cost(proposal.pattern)
            if limits.allow(cost):
                return
            for name in ("macs", "params"):
                least[name] = min(getattr(cost, name), least.get(name, getattr(cost, name)))
        given = {n: getattr(limits, n) for n in least if getattr(limits, n) is not None}
        raise ConfigError(
            f"no pattern of the space meets {', '.join(f'limits.{n}={limit:g}' for n, limit in given.items())}; "
            f"the least that was found is {', '.join(f'{least[n]} {n}' for n in given)}: "
            "raise the limit, or make the network smaller"
        )

    def _candidate(self, number: int, proposal: Proposal) -> Candidate:
        return Candidate(number, dict(proposal.choices), proposal.pattern, self.problem.cost(proposal.pattern))

    def _replay(self, choices: Mapping[str, Any]) -> Proposal:
        return replay(self.problem.space, self.problem.tasks, choices)

    def _seed_of(self, number: int, purpose: str) -> int:
        return zlib.crc32(f"{self._seed}:{number}:{purpose}".encode())


def _open(journal: Path, ways: list[optuna.study.StudyDirection]) -> optuna.Study:
    """Open or make the study, after an interruption at any moment."""
    if not journal.exists() and any((journal.parent / "trials").glob("[0-9]*.json")):
        raise DataError(
            f"{journal} is missing, but its trials are there: restore it from a copy, or start anew with run.name=NAME "
            "(baselines are not trained again)"
        )
    # A killed process may leave the journal's own lock and half a line; nobody else writes here (run folder's lock).
    Path(f"{journal}.lock").unlink(missing_ok=True)
    if journal.exists():
        whole = journal.read_bytes()
        if whole and not whole.endswith(b"\n"):
            with open(journal, "r+b") as file:
                file.truncate(whole.rfind(b"\n") + 1)
    try:
        storage = JournalStorage(JournalFileBackend(str(journal)))
    except (ValueError, KeyError, TypeError) as error:
        raise DataError(
            f"{journal} is damaged ({' '.join(str(error).split())[:100]}): restore it from a copy, or start anew with "
            "run.name=NAME; the trials' own files are whole"
        ) from error
    names = optuna.get_all_study_names(storage)  # a folder that was renamed keeps its study
    if names:
        study = optuna.load_study(storage=storage, study_name=names[0])
        if study.directions != ways:
            raise DataError(
                f"{journal} is the study of {_words(study.directions)}, and this search has {_words(ways)}: objectives "
                "cannot change in a study; give those it was started with, or start anew with run.name=NAME"
            )
        return study
    return optuna.create_study(storage=storage, study_name=journal.parent.name, directions=ways)


def _words(ways: Sequence[optuna.study.StudyDirection]) -> str:
    return f"{len(ways)} objectives to {', '.join(way.name.lower() for way in ways)}"


def _options(problem: Problem, choices: Mapping[str, Any]) -> dict[str, Any]:
    """The distribution that each choice was drawn from."""
    options: dict[str, Any] = {}

    def choose(name: str, allowed: Sequence[Any]) -> Any:
        options[name] = CategoricalDistribution(tuple(allowed))
        return choices[name]

    problem.space.sample(choose, problem.tasks)
    return options
