"""Progressive Decoder Fusion's own algorithm: tasks whose decoders have learned alike are fused, stage by stage.

Gurulingan, Arani, Zonooz, "Curbing Task Interference using Representation Similarity-Guided Multi-Task Feature Sharing"
(CoLLAs 2022), algorithm 1. It knows nothing of objectives; what it settles on is one pattern, marked on the plots.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Protocol, cast, runtime_checkable

import numpy as np

from search.problem.problem import Problem
from search.samplers.sampler import Done, Draw, Probe, Sampler, Wait
from search.samplers.task_grouping import LARGEST, group_tasks
from search.samplers.tree_trials import TRIES, explain_failure, find_trial, read_similarity
from spaces.choices import Proposal
from spaces.errors import ConfigError, DataError, UserError
from spaces.fields import Fields
from spaces.pattern.stage import Partition
from trainers.similarity import FEWEST, MOST, Similarity

if TYPE_CHECKING:
    from optuna.trial import FrozenTrial


@runtime_checkable
class DecoderGroups(Protocol):
    """A space that can be told its decoder groups."""

    decoder_stages: int

    def with_decoder(self, tasks: Sequence[str], decoder: Sequence[Partition]) -> Proposal:
        """The pattern with these groups, one partition a stage."""


@dataclass(frozen=True)
class Fused(Sampler):
    """What the two variants have in common: separate decoders first, then groups by similarity, trained anew.

    Similarity is debiased linear CKA of the tasks' stage outputs on training images, averaged over space.

    Args:
        threshold: groups of a smaller mean similarity are parted again; from 0 to 1.
        images: training images that similarities are measured on, the first ones; 800 as published.

    Raises:
        ConfigError: threshold outside [0, 1], or images not from 4 to 5000.
    """

    threshold: float = 0.5
    images: int = 800
    group: ClassVar[str] = "sampler"
    words: ClassVar[str]
    """What the final tree is called."""

    def __post_init__(self) -> None:
        fields = Fields(self)
        fields.number("threshold", low=0, high=1)
        fields.integer("images", low=FEWEST, high=MOST)
        fields.done()

    @property
    def probe(self) -> Probe:
        """The similarities of all trained networks."""
        return Similarity(self.images)

    def check(self, problem: Problem) -> None:
        """Refuse what the algorithm is not made for.

        Raises:
            ConfigError: the space has no decoder groups, there is one task only, or separate decoders, which the
                algorithm starts from, are beyond a limit.
        """
        if not isinstance(problem.space, DecoderGroups):
            raise ConfigError(
                f"sampler={self.words}: space={problem.space.name} has no decoder groups to fuse; "
                "use space=fusion, or another sampler such as sampler=tpe"
            )
        if not 2 <= len(problem.tasks) <= LARGEST:
            raise ConfigError(
                f"sampler={self.words}: {len(problem.tasks)} tasks to group; want from 2 to {LARGEST} in data.tasks"
            )
        start = _grown(problem, []).pattern
        if not problem.allows(start):
            needed = problem.cost(start)
            raise ConfigError(
                f"sampler={self.words} starts from one decoder a task, {needed.macs} macs and {needed.params} params, "
                "which is beyond the limits: raise limits.macs or limits.params, or use sampler=tpe"
            )

    def propose(self, problem: Problem, history: Sequence[FrozenTrial], seed: int) -> Draw | Wait | Done:
        """The next network of the algorithm; it is done when the final tree is trained.

        Raises:
            DataError: a network that it needs failed twice, or gave no similarities.
        """
        decided = self._decided(problem, history)
        proposal = _grown(problem, decided)
        trial = find_trial(history, proposal)
        if trial is None:
            return Draw(dict(proposal.choices), tries=TRIES)
        if len(decided) < _space(problem).decoder_stages or not trial.state.is_finished():
            return Wait()
        if not trial.values:
            raise DataError(explain_failure(trial, f"it is the {self.words} tree"))
        return Done(f"The {self.words} tree is trained: trial {trial.number}.")

    def marks(self, problem: Problem, history: Sequence[FrozenTrial]) -> Mapping[str, str]:
        """The final tree, once all its stages are decided."""
        try:
            decided = self._decided(problem, history)
        except UserError:  # told by `propose`; the plots are drawn all the same
            return {}
        whole = len(decided) == _space(problem).decoder_stages
        return {_grown(problem, decided).pattern.key: f"{self.words} tree"} if whole else {}

    @abstractmethod
    def _network_of(self, stage: int, decided: Sequence[Partition]) -> Sequence[Partition]:
        """Leading decoder groups of the network whose similarities decide a stage, from 0."""

    def _decided(self, problem: Problem, history: Sequence[FrozenTrial]) -> list[Partition]:
        """Groups of the leading stages, as far as the networks that decide them are trained."""
        decided: list[Partition] = []
        together: Partition = (problem.tasks,)
        for stage in range(_space(problem).decoder_stages):
            trial = find_trial(history, _grown(problem, self._network_of(stage, decided)))
            if trial is None or not trial.state.is_finished():
                break
            matrix = read_similarity(trial, stage)
            before = decided[-1] if decided else together
            decided.append(tuple(part for group in before for part in self._parted(group, problem.tasks, matrix)))
        return decided

    def _parted(self, group: Sequence[str], tasks: Sequence[str], matrix: np.ndarray) -> Partition:
        rows = [tasks.index(task) for task in group]
        return group_tasks(matrix[np.ix_(rows, rows)], group, self.threshold)


@dataclass(frozen=True)
class Progressive(Fused):
    """Stage by stage: each one is decided on a network trained anew with the stages before fused as decided."""

    words: ClassVar[str] = "progressive"

    def most(self, problem: Problem) -> int:
        """The anchor all fused, separate decoders, and one network a stage."""
        return 2 + _space(problem).decoder_stages

    def _network_of(self, stage: int, decided: Sequence[Partition]) -> Sequence[Partition]:
        return decided


@dataclass(frozen=True)
class Offline(Fused):
    """All stages are decided on the network with separate decoders: two trainings in all."""

    words: ClassVar[str] = "offline"

    def most(self, problem: Problem) -> int:
        """The anchor all fused, separate decoders, and the tree."""
        return 3

    def _network_of(self, stage: int, decided: Sequence[Partition]) -> Sequence[Partition]:
        return ()


def _space(problem: Problem) -> DecoderGroups:
    """The space as `check` has found it to be."""
    return cast(DecoderGroups, problem.space)


def _grown(problem: Problem, decided: Sequence[Partition]) -> Proposal:
    """The leading groups as given, separate decoders after them."""
    space = _space(problem)
    apart: Partition = tuple((task,) for task in problem.tasks)
    return space.with_decoder(problem.tasks, [*decided, *[apart] * (space.decoder_stages - len(decided))])
