"""The study: which pattern is trained next, and what is known of those that were.

Optuna keeps it, on a journal file in the run folder that optuna-dashboard opens unchanged. Every trial in it is a
pattern that is or was trained: proposals that repeat a pattern, or break a limit, are drawn again before they get
there. One process writes; the run folder's lock sees to that.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import optuna
from optuna.trial import FrozenTrial, TrialState

from search.jobs.memory import STARVED
from search.jobs.trial import Trial
from search.problem.bounds import Stop
from search.problem.census import refuse_impossible_limits
from search.problem.problem import Problem
from search.samplers.ask_optuna import list_directions
from search.samplers.sampler import Done, Sampler, Wait
from search.study.proposals import Proposals
from search.study.record.attributes import choose_shown, describe_study, list_attributes, written_together
from search.study.record.decisions import Options, RecordReader, list_options, spell_decisions
from search.study.record.foreign_trials import (
    KEY,
    SHARING,
    begin_queued,
    complete_choices,
    describe_left,
    find_problem,
    is_own,
)
from search.study.record.journal import open_journal
from search.study.record.nested import FINDINGS, RUNGS, read_nested
from spaces.choices import Proposal, replay
from spaces.common.atomic_files import strict
from spaces.drawing.one_line import describe_in_line
from spaces.networks.cost import Cost
from spaces.pattern.sharing_pattern import SharingPattern

NEVER = Stop()
RETRY = "retry_of"  # attribute of a trial: number of the failed one whose pattern it trains again
FOLLOWS = "follows"  # likewise: number of the one whose weights it goes on from
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Candidate:
    """A pattern that is to be trained.

    Args:
        number: of its trial in the study, from 0 without gaps.
        choices: decisions that led to it.
        pattern: what is shared.
        cost: exact, known before training.
        retry_of: number of the failed trial that it trains again, or None.
        follows: number of the trial whose weights it goes on from, or None.
    """

    number: int
    choices: dict[str, Any]
    pattern: SharingPattern
    cost: Cost
    retry_of: int | None = None
    follows: int | None = None


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
        self.problem, self.sampler, self._anchors = problem, sampler, anchors
        first = list(anchors.values()) if sampler.landmarks else []
        self._proposals = Proposals(problem, sampler, first, seed, stop)
        refuse_impossible_limits(problem, list(anchors.values()))
        sampler.check(problem)
        self._study = open_journal(journal, list_directions(problem))
        describe_study(self._study, problem, type(sampler).__name__)
        self._reader = RecordReader(problem)
        self._trials = journal.parent / "trials"
        self._ended: list[FrozenTrial] = []  # own ones among the first that have all ended, and how many these are
        self._settled = 0
        self._repeats = 0  # of them, those that were trained again
        self._again: list[FrozenTrial] = []
        self._named: set[int] = set()  # trials of others that were told of
        self._tell_others()

    @property
    def _history(self) -> list[FrozenTrial]:
        """The trials that this search has asked for."""
        rest = self._settle()
        return [*self._ended, *rest]

    def _settle(self) -> list[FrozenTrial]:
        """The own trials behind the first that have all ended."""
        trials = self._study.get_trials(deepcopy=False)
        # Those that have ended stay as they are, so of thousands not each is looked at again several times a trial.
        while self._settled < len(trials) and trials[self._settled].state.is_finished():
            ended = self._read([trials[self._settled]])
            self._ended += ended
            self._repeats += sum(RETRY in each.user_attrs for each in ended)
            self._settled += 1
        return self._read(trials[self._settled :])

    def _read(self, trials: Sequence[FrozenTrial]) -> list[FrozenTrial]:
        return [self._reader.read(each) for each in trials if is_own(each, self._trials)]

    @property
    def numbers(self) -> list[int]:
        """Of the trials that this search has asked for."""
        return [each.number for each in self._history]

    def retry_failed(self) -> None:
        """Have the patterns of failed trials trained again, before any new one, as trials of their own."""
        history = self._history
        again = {each.user_attrs.get(RETRY) for each in history}
        self._again = [each for each in history if each.state == TrialState.FAIL and each.number not in again]

    def list_running(self) -> list[Candidate]:
        """Trials that were asked for and have no outcome yet: those that an interruption left behind."""
        return [
            self._candidate(trial, replay(self.problem.space, self.problem.tasks, trial.params))
            for trial in self._history
            if trial.state == TrialState.RUNNING
        ]

    def foretell(self, estimates: Callable[[SharingPattern], Mapping[str, float]]) -> None:
        """Take what a supernet tells of patterns: objectives by name."""
        self.problem = replace(self.problem, estimates=estimates)
        self._proposals.problem = self.problem

    def rungs(self, number: int) -> dict[str, dict[str, float]]:
        """What a trial has shown at pauses, by the epochs until then."""
        return read_nested(self._study.get_trials(deepcopy=False)[number], RUNGS)

    def record_pause(self, number: int, epochs: int, values: Mapping[str, float]) -> None:
        """Record what a trial showed at a pause; it stays running for the study."""
        storage, trial = self._study._storage, self._find_id(number)
        storage.set_trial_system_attr(trial, RUNGS, {**self.rungs(number), str(epochs): strict(values)})
        if (shown := choose_shown(values, self.problem)) is not None:
            storage.set_trial_intermediate_value(trial, epochs, shown)

    def __len__(self) -> int:
        """Patterns that were asked for so far, running ones among them; one that is tried again counts once."""
        rest = self._settle()
        repeats = self._repeats + sum(RETRY in each.user_attrs for each in rest)
        return len(self._ended) + len(rest) - repeats - len(self._again)

    def ask(self) -> Candidate | Wait | Done:
        """The next pattern to train, never one that this study has seen.

        Raises:
            UserError: the sampler cannot go on, with its reason.
        """
        history = self._history
        if self._again:
            failed = self._again.pop(0)
            kept = {name: failed.user_attrs[name] for name in (KEY, SHARING) if name in failed.user_attrs}
            options = list_options(self.problem, failed.params)
            return self._begin(failed.params, options, {**kept, RETRY: failed.number}, {})
        foretold = self.problem.estimates is not None or not self.sampler.uses_supernet
        if foretold and (queued := self._ask_queued(history)):
            return queued
        accepted = self._proposals.find(history)
        while isinstance(accepted, tuple) and not self.problem.settle(accepted[0].pattern):
            accepted = self._proposals.find(history)  # what was foretold of it was wrong
        if isinstance(accepted, (Wait, Done)):
            return accepted
        proposal, notes = accepted
        options = list_options(self.problem, proposal.choices)
        marks = {KEY: proposal.pattern.key, SHARING: describe_in_line(proposal.pattern)}
        return self._begin(proposal.choices, options, marks, notes)

    def _begin(
        self, choices: Mapping[str, Any], options: Options, marks: dict[str, Any], notes: dict[str, Any]
    ) -> Candidate:
        """Add a running trial to the study."""
        params, distributions = spell_decisions(choices, options)
        if self.sampler.chained:
            ended = [each.number for each in self._history if each.state == TrialState.COMPLETE]
            marks |= {FOLLOWS: max(ended)} if ended else {}  # the first one follows none
        trial = optuna.trial.create_trial(
            state=TrialState.RUNNING,
            params=params,
            distributions=dict(distributions),
            user_attrs=marks,
            system_attrs=notes,
        )
        self._study.add_trial(trial)
        trials = self._study.get_trials(deepcopy=False)
        added = next(each for each in reversed(trials) if each.user_attrs.get(KEY) == marks[KEY])
        return self._candidate(self._reader.read(added), replay(self.problem.space, self.problem.tasks, choices))

    def _ask_queued(self, history: Sequence[FrozenTrial]) -> Candidate | None:
        """The first trial that another program has queued and that can be trained; why others cannot is told."""
        known: set[str] | None = None
        for trial in self._study.get_trials(deepcopy=False, states=(TrialState.WAITING,)):
            if trial.number in self._named:
                continue
            known = self._proposals.list_known(history) if known is None else known
            rng = random.Random(self._proposals.derive_seed(trial.number, "queued"))
            try:
                proposal = complete_choices(self.problem, trial, rng)
                problem = find_problem(self.problem, proposal, known)
                if not problem:
                    begin_queued(self._study, trial, proposal, list_options(self.problem, proposal.choices))
                    return self._candidate(trial, proposal)
            except (ValueError, TypeError) as error:  # a PatternError too
                problem = str(error)
            self._named.add(trial.number)
            log.warning("study.journal: trial %d, queued by another program, is left: %s", trial.number, problem)
        return None

    def _tell_others(self) -> None:
        """Name the trials of other programs that do not wait."""
        everything = self._study.get_trials(deepcopy=False)
        others = [each for each in everything if not is_own(each, self._trials)]
        if told := describe_left([each for each in others if each.state != TrialState.WAITING]):
            log.warning(told)

    def tell(self, trial: Trial) -> None:
        """Record how a trial ended; a trial that has been told is left as it is."""
        self.learn_memory(trial)
        frozen = self._study.get_trials(deepcopy=False)[trial.number]
        if frozen.state.is_finished():
            return
        storage, number = self._study._storage, self._find_id(trial.number)
        with written_together(self._study):
            for name, value in list_attributes(trial, self.problem.tasks).items():
                storage.set_trial_user_attr(number, name, value)
            if trial.findings:
                storage.set_trial_system_attr(number, FINDINGS, strict(trial.findings))
            if trial.complete:
                self._study.tell(trial.number, [trial.objectives[o.name] for o in self.problem.objectives])
            else:
                self._study.tell(trial.number, state=TrialState.FAIL if trial.failed else TrialState.PRUNED)

    def learn_memory(self, trial: Trial) -> None:
        """Learn of an ended trial how much memory its training took, or that there was too little."""
        if self.problem.memory is not None:
            self.problem.memory.learn(trial.pattern, trial.memory, starved=trial.reason.startswith(STARVED))

    def outlook(self) -> str:
        """Whether a sampler that comes to an end has come to it; empty for one that has none."""
        most = self.sampler.most(self.problem)
        if most is None:
            return ""
        history = self._history
        answer = self.sampler.propose(self.problem, history, self._proposals.derive_seed(len(history), "outlook"))
        if isinstance(answer, Done):
            return answer.reason
        return f"The sampler had not come to its end after {len(history)} trials: trials={most} is enough for it."

    def marks(self) -> dict[str, str]:
        """Patterns worth pointing out, the space's landmarks and the sampler's, in words by pattern key."""
        words: dict[str, list[str]] = {}
        for name, anchor in self._anchors.items():
            words.setdefault(anchor.pattern.key, []).append(name)
        for key, name in self.sampler.marks(self.problem, self._history).items():
            words.setdefault(key, []).append(name)
        return {key: ", ".join(names) for key, names in words.items()}

    def _find_id(self, number: int) -> int:
        """What the storage calls a trial."""
        return int(self._study.get_trials(deepcopy=False)[number]._trial_id)

    def _candidate(self, trial: FrozenTrial, proposal: Proposal) -> Candidate:
        self.problem.settle(proposal.pattern)
        cost, again = self.problem.cost(proposal.pattern), trial.user_attrs.get(RETRY)
        follows = trial.user_attrs.get(FOLLOWS)
        return Candidate(trial.number, dict(proposal.choices), proposal.pattern, cost, again, follows)
