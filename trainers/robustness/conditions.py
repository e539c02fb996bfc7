"""Conditions that networks are measured under: as it is, corrupted, attacked; and what they say beside themselves.

Each has a key that lasts, by which its numbers are found again. Networks are measured side by side where the images are
the same for all, for corrupting them takes as long as a small network does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol

import torch

from trainers.batches.source import Source
from trainers.measure import limit_batch, measure, measure_together, mixed_precision
from trainers.robustness.ascent import AttackedSource
from trainers.robustness.attacks import ALIGNED, Attack
from trainers.robustness.consistency import Consistency, read_outputs, read_targets
from trainers.robustness.corrupted_source import CorruptedSource
from trainers.robustness.corruptions.corruption import Corruption
from trainers.tasks.task import Task

Networks = Mapping[int, torch.nn.Module]
Numbers = dict[int, dict[str, float]]
"""By network, a value by name."""


class Condition(Protocol):
    """One of them."""

    @property
    def key(self) -> str:
        """Names it, and all that decides its numbers but network and split."""

    def measure(self, networks: Networks, split: Source, tasks: Sequence[Task]) -> Numbers:
        """Numbers of each network."""


@dataclass(frozen=True)
class Clean:
    """The split as it is."""

    key: ClassVar[str] = "clean"

    def measure(self, networks: Networks, split: Source, tasks: Sequence[Task]) -> Numbers:
        """Metrics, ``<task>.<metric>``."""
        return dict(zip(networks, measure_together([*networks.values()], split, tasks), strict=True))


@dataclass(frozen=True)
class Corrupted:
    """Images corrupted.

    Args:
        corruption: how.
        severity: how much.
        seed: of what is drawn.
    """

    corruption: Corruption
    severity: int
    seed: int

    @property
    def key(self) -> str:
        """With the strength, which may be chosen otherwise one day."""
        strength = self.corruption.strengths[self.severity - 1]
        return f"corruption/{self.corruption.name}/{self.severity}/{strength:g}/seed{self.seed}"

    def measure(self, networks: Networks, split: Source, tasks: Sequence[Task]) -> Numbers:
        """Metrics, as of the clean split."""
        return Clean().measure(networks, CorruptedSource(split, self.corruption, self.severity, self.seed), tasks)


@dataclass(frozen=True)
class Attacked:
    """Images attacked, those of each network for itself.

    Args:
        attack: what is to grow.
        bound: largest change of a value [1/255].
        seed: of the starts.
    """

    attack: Attack
    bound: float
    seed: int

    @property
    def key(self) -> str:
        """By name and bound; and that places are weighed by scaled values, as they were not at first."""
        scaled = "/scaled" if self.attack.weighing == ALIGNED else ""
        return f"attack/{self.attack.name}/{self.bound:g}/seed{self.seed}{scaled}"

    def measure(self, networks: Networks, split: Source, tasks: Sequence[Task]) -> Numbers:
        """Metrics, as of the clean split."""
        found = {}
        for number, network in networks.items():
            network.eval()
            found[number] = measure(network, AttackedSource(split, network, self.attack, self.bound, self.seed), tasks)
        return found


@dataclass(frozen=True)
class Agreeing:
    """Whether tasks agree on the clean split.

    Args:
        relations: what should hold between them.
    """

    relations: tuple[Consistency, ...]
    key: ClassVar[str] = "consistency"

    def measure(self, networks: Networks, split: Source, tasks: Sequence[Task]) -> Numbers:
        """Mean by relation, and ``<relation>.truth``, that of the targets; NaN where there is no place."""
        sums: dict[tuple[int | None, str], torch.Tensor] = {}

        def add(who: int | None, said: Mapping[str, torch.Tensor]) -> None:
            for relation in self.relations:
                counted = relation.count(said)
                sums[who, relation.name] = sums.get((who, relation.name), torch.zeros_like(counted)) + counted

        with torch.no_grad(), mixed_precision(split.device):
            for images, targets in split.batches(limit_batch(split.size, 64), tasks):
                add(None, read_targets(tasks, targets))
                for number, network in networks.items():
                    add(number, read_outputs(tasks, network.eval()(images)))
        means = {each: (total / count).item() for each, (count, total) in sums.items()}
        names = [relation.name for relation in self.relations]
        truth = {f"{name}.truth": means[None, name] for name in names}
        return {number: {**{name: means[number, name] for name in names}, **truth} for number in networks}
