"""Spaces of trees, and their chains of groups: what a block's input depends on, so that few patterns hold them all.

T tasks at S stages have (S+1)^T - S^T chains that reach the last stage, whatever the number of trees made of them.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from itertools import product

from spaces.choices import Proposal, Space, replay
from spaces.pattern.sharing_pattern import SharingPattern
from spaces.pattern.stage import Group, Partition
from spaces.tree import encode_choices

Chain = tuple[Group, ...]
"""A group a stage, from the first to the last, each within the one before it."""


class TreeSpace(Space):
    """A space whose patterns are all the trees of some stages: a partition each, from one group on ever finer.

    It draws them by `spaces.tree.decode_partitions` without a prefix and decides nothing else, and a pattern costs the
    sum of its blocks, whoever shares them.
    """

    @property
    @abstractmethod
    def tree_stages(self) -> int:
        """Number of stages of the tree."""

    @abstractmethod
    def read_tree(self, pattern: SharingPattern) -> tuple[Partition, ...]:
        """A pattern's tree, a partition a stage, in order of computation."""

    @abstractmethod
    def make_pattern(self, tree: Sequence[Partition]) -> SharingPattern:
        """The pattern of a tree."""

    def propose_tree(self, tasks: Sequence[str], tree: Sequence[Partition]) -> Proposal:
        """The pattern of a tree of these tasks, with the choices that make it."""
        return replay(self, tasks, encode_choices(tree))

    def count_chains(self, tasks: Sequence[str]) -> int:
        """Chains of groups that reach the last stage."""
        return (self.tree_stages + 1) ** len(tasks) - self.tree_stages ** len(tasks)

    def cover_chains(self, tasks: Sequence[str]) -> Iterator[SharingPattern]:
        """For every chain that reaches the last stage the cheapest pattern that holds it, each pattern once.

        Tasks that leave a chain at the same stage stay together to the end, so that no pattern with the chain has fewer
        blocks at any stage: where this one is beyond a limit of cost, all of them are.
        """
        tasks, last = tuple(sorted(tasks)), self.tree_stages
        met: set[tuple[Partition, ...]] = set()
        for kept in product(range(last + 1), repeat=len(tasks)):  # leading stages at which each task is in the chain
            if max(kept) == last:
                tree = tuple(_part(tasks, kept, stage, last) for stage in range(1, last + 1))
                if tree not in met:
                    met.add(tree)
                    yield self.make_pattern(tree)


def follow_chain(tree: Sequence[Partition], task: str) -> Chain:
    """The groups that a task is in, stage by stage."""
    return tuple(next(group for group in groups if task in group) for groups in tree)


def _part(tasks: Sequence[str], kept: Sequence[int], stage: int, last: int) -> Partition:
    """The chain's group at a stage, from 1, and those that have left it before."""
    groups: dict[int, list[str]] = {}
    for task, until in zip(tasks, kept, strict=True):
        groups.setdefault(until if until < stage else last, []).append(task)
    return tuple(sorted(map(tuple, groups.values())))
