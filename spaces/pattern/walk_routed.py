"""The walk through a routed stage: shared and task branches, layer by layer, joined after each.

Part of `spaces.pattern.walk`. Whatever cannot act is not evaluated, so it enters neither key nor cost.
"""

from __future__ import annotations

from spaces.pattern.algebra import Algebra, V
from spaces.pattern.block import Block, Norm, SharedBranch, TaskBranch
from spaces.pattern.mixing import Routed
from spaces.pattern.stage import Group


def walk_routed(
    index: int, group: Group, mixing: Routed, own: dict[str, V], common: V | None, algebra: Algebra[V]
) -> tuple[dict[str, V], V | None]:
    """Evaluate a routed stage for a group.

    Args:
        index: of the encoder stage, from 0.
        group: its tasks.
        mixing: its branches.
        own: what flows for each task.
        common: what the shared branch reads where it reads shared features only; None where it reads ``own``.
        algebra: of the walk.

    Returns:
        What flows on for each task, and what the shared branch leaves for the next one, if it has a stream of its own.
    """
    shared_kept: dict[str, V] = {}
    task_kept: dict[str, V] = {}
    after: dict[str, V]
    for layer in range(1, mixing.layers + 1):
        parts: list[dict[str, V]] = []
        if mixing.ratio > 0:
            reads = own if common is None else dict.fromkeys(group, common)
            branch = SharedBranch(layer, mixing.ratio, mixing.primitives, mixing.recombination)

            after = {}
            for members, value in _group_distinct(group, reads):
                made = algebra.block(Block("encoder", index, group, branch), (value,))
                owner = group if mixing.norm == "shared" else members
                output = _normalise(index, owner, branch.word, made, shared_kept.get(members[0]), algebra)
                after.update(dict.fromkeys(members, output))
            shared_kept = after
            parts.append(shared_kept)
            if common is not None:
                common = shared_kept[group[0]]
        if mixing.ratio < 1:
            of_task = TaskBranch(layer, mixing.ratio, mixing.kernel)
            after = {}
            for task in group:
                output = algebra.block(Block("encoder", index, (task,), of_task), (own[task],))
                owner = group if mixing.norm == "shared" else (task,)
                after[task] = _normalise(index, owner, of_task.word, output, task_kept.get(task), algebra)
            task_kept = after
            parts.append(task_kept)
        own = parts[0] if len(parts) == 1 else {task: algebra.join((parts[0][task], parts[1][task])) for task in group}
    return own, common if mixing.ratio > 0 else None


def _normalise(index: int, owner: Group, after: str, value: V, before: V | None, algebra: Algebra[V]) -> V:
    inputs = (value,) if before is None else (value, before)
    return algebra.block(Block("encoder", index, owner, Norm(after)), inputs)


def _group_distinct(group: Group, inputs: dict[str, V]) -> list[tuple[Group, V]]:
    """Every distinct object, with the tasks that hold it."""
    members: dict[int, list[str]] = {}
    for task in group:
        members.setdefault(id(inputs[task]), []).append(task)
    return [(tuple(tasks), inputs[tasks[0]]) for tasks in members.values()]
