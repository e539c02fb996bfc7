"""Which tasks stand side by side in a drawing: those that share the most."""

from __future__ import annotations

from collections.abc import Iterable

from spaces.pattern.stage import Group, Partition


def trace_groups(group: Group, partitions: Iterable[Partition]) -> tuple[Group, ...]:
    """The groups that hold a group, stage by stage, and itself; sorted by it, those that share stand side by side."""
    return (*(next(whole for whole in groups if group[0] in whole) for groups in partitions), group)
