"""The walk through the neck: what the tasks exchange at each scale before their decoders read it.

Part of `spaces.pattern.walk`. A scale that no decoder stage reads is left as it is, so an exchange there cannot act.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict

from spaces.pattern.algebra import Algebra, V
from spaces.pattern.block import Attend, Block, Broadcast, Neck, NormalisedAttend, Project
from spaces.pattern.exchange import Exchange, Necks, Workspace
from spaces.pattern.stage import Stages


def walk_exchange(
    pattern: Stages, scales: Sequence[dict[str, V]], read: Collection[int | None], algebra: Algebra[V]
) -> list[dict[str, V]]:
    """What decoders read at each scale, by task.

    Args:
        pattern: says where tasks exchange.
        scales: by scale, what the encoder gives each task.
        read: scales that decoders read.
        algebra: of the walk.
    """
    after = [
        _walk_necks(index, each, values, algebra) if index in read else values
        for index, (each, values) in enumerate(zip(pattern.exchange, scales, strict=True))
    ]
    acting = [index for index, each in enumerate(pattern.exchange) if isinstance(each, Workspace) and index in read]
    slots: V | None = None
    for index in acting:
        workspace = pattern.exchange[index]
        assert isinstance(workspace, Workspace)
        # Where there is but one, there is nobody to be tied to.
        place = -1 if "scales" in workspace.tying and len(acting) > 1 else index
        after[index], slots = _walk_workspace(index, place, workspace, after[index], slots, algebra)
    return after


def _walk_necks(index: int, exchange: Exchange, values: dict[str, V], algebra: Algebra[V]) -> dict[str, V]:
    """What each task's own neck makes of its features, where it has one."""
    neck = exchange.neck if isinstance(exchange, (Necks, Workspace)) else "none"
    if neck == "none":
        return values
    return {
        task: algebra.block(Block("exchange", index, (task,), Neck(neck)), (values[task],)) for task in sorted(values)
    }


def _walk_workspace(
    index: int, place: int, workspace: Workspace, values: dict[str, V], slots: V | None, algebra: Algebra[V]
) -> tuple[dict[str, V], V]:
    """One workspace: project each task's features, attend, broadcast; with the slots that it ends with."""
    group = tuple(sorted(values))  # where the encoder has split, tasks flow by groups
    project, broadcast = Project(workspace.width, workspace.etf), Broadcast(workspace.broadcast)
    tokens = [algebra.block(Block("exchange", index, (task,), project), (values[task],)) for task in group]
    carried = slots if workspace.state == "carried" else None
    attend = _describe_attention(workspace, carried is None)
    inputs = tuple(tokens) if carried is None else (*tokens, carried)
    *heard, slots = algebra.blend(Block("exchange", place, group, attend), inputs, len(group) + 1)
    after = {
        task: algebra.block(Block("exchange", index, (task,), broadcast), (values[task], read))
        for task, read in zip(group, heard, strict=True)
    }
    return after, slots


def _describe_attention(workspace: Workspace, starts: bool) -> Attend:
    """The role of the attention, with slots of its own to start from or with carried ones."""
    plain = Attend(
        workspace.slots,
        workspace.width,
        workspace.heads,
        workspace.top_k,
        "learned" if workspace.state == "carried" and starts else workspace.state,
        workspace.update,
        workspace.rounds,
        tied="tasks" in workspace.tying,
        starts=starts,
    )
    return plain if workspace.norm == "none" else NormalisedAttend(**asdict(plain), norm=workspace.norm)
