"""A stage of a sharing pattern: who shares its block, and by which mixing."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from spaces.errors import PatternError
from spaces.pattern.exchange import Exchange
from spaces.pattern.mixing import Gated, Mixing, Shared

Group = tuple[str, ...]
Partition = tuple[Group, ...]

SHARED = Shared()


@dataclass(frozen=True)
class Stage:
    """One stage of the encoder or decoder: who shares its block, and how.

    Args:
        groups: partition of the tasks; any order, any iterables; stored sorted.
        mixing: how the members of a group share inside the block.

    Raises:
        PatternError: a group is empty or a task stands in two groups, or gates have one task to choose from or no
            target rate for one.
    """

    groups: Partition
    mixing: Mixing = SHARED

    def __post_init__(self) -> None:
        groups = tuple(sorted(tuple(sorted(group)) for group in self.groups))
        tasks = [task for group in groups for task in group]
        if not groups or not all(groups) or len(set(tasks)) != len(tasks):
            raise PatternError(
                f"groups {[list(g) for g in self.groups]} are no partition: "
                "want every task in exactly one non-empty group"
            )
        object.__setattr__(self, "groups", groups)
        if isinstance(self.mixing, Gated):
            _check_gates(self.mixing, tasks)

    @cached_property
    def tasks(self) -> Group:
        """All tasks of the stage, sorted."""
        return tuple(sorted(task for group in self.groups for task in group))


def _check_gates(mixing: Gated, tasks: list[str]) -> None:
    if len(tasks) == 1:
        raise PatternError(f"gates for {tasks[0]} alone: they choose between tasks; want at least two, or no gates")
    rates = dict(mixing.rates)
    if set(rates) != set(tasks):
        raise PatternError(f"target rates for {sorted(rates)} in a stage of {sorted(tasks)}: want one for each task")


class Stages(Protocol):
    """What a walk needs of a sharing pattern."""

    @property
    def encoder(self) -> tuple[Stage, ...]:
        """Stages in order of computation, high resolution to low."""

    @property
    def exchange(self) -> tuple[Exchange, ...]:
        """The exchange after each encoder stage."""

    @property
    def decoder(self) -> tuple[Stage, ...]:
        """Stages in order of computation, low resolution to high."""

    @property
    def tasks(self) -> Group:
        """All tasks, sorted."""
