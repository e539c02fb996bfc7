"""Features of routed and gated stages and of workspaces: of what acts in them, read off the blocks that are evaluated.

Options that cannot act, such as the kernel of a stage without task branches, are in no block, so patterns of one key
have one vector.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from spaces.pattern.block import (
    Attend,
    Block,
    Broadcast,
    Gates,
    Neck,
    Norm,
    NormalisedAttend,
    Project,
    SharedBranch,
    TaskBranch,
)
from spaces.pattern.mixing import PRIMITIVES

ROUTING = (*(f"primitive.{name}" for name in PRIMITIVES), "dense", "kernel", "passes", "norms", "layers", "shuffled")
EXCHANGE = (
    *("workspace", "slots", "width", "top_k", "etf", "heads", "rounds", "carried", "identity", "residual", "overwrite"),
    *("learned_weight", "one_weight", "tied_tasks", "tied_scales", "neck", "wide_neck", "normalised", "cosine"),
)
OPTIONS = {**dict.fromkeys(ROUTING, len(ROUTING)), **dict.fromkeys(EXCHANGE[5:], len(EXCHANGE[5:]))}
"""Features that tell of what is shared, not how much, and how many of them a stage or scale has."""
_HALF = 4.0  # doublings of slots or channels of a workspace that count as 1/2: our choice


def name_mixing(tasks: Sequence[str]) -> tuple[str, ...]:
    """Names of a stage's features."""
    return ("shared", "routed", "gated", *(f"rate.{task}" for task in tasks), *ROUTING)


def describe_mixing(blocks: Iterable[Block], tasks: Sequence[str]) -> list[float]:
    """Features of an encoder stage.

    Args:
        blocks: that are evaluated in it, one as often as it is.
        tasks: sorted names.
    """
    blocks = tuple(blocks)
    shared = [(block, block.role) for block in blocks if isinstance(block.role, SharedBranch)]
    own = [block.role for block in blocks if isinstance(block.role, TaskBranch)]
    rates = {
        task: rate
        for block in blocks
        if isinstance(block.role, Gates)
        for task, rate in zip(block.group, block.role.rates, strict=True)
    }
    if rates:  # of a task that is alone in its group nothing is gated
        told = [rates.get(task, 1.0) for task in tasks]
        return [1 - sum(told) / len(told), 0.0, 1.0, *told, *[0.0] * len(ROUTING)]
    idle = [0.0] * len(tasks)
    if not shared and not own:
        return [1.0, 0.0, 0.0, *idle, *[0.0] * len(ROUTING)]
    ratio = shared[0][1].ratio if shared else own[0].ratio
    met = {name for _, role in shared for name in role.primitives}
    dense = any(role.recombination == "dense" for _, role in shared)
    norms = {block.name for block in blocks if isinstance(block.role, Norm)}
    layers = max([role.layer for _, role in shared] + [role.layer for role in own])
    return [
        *(ratio, 1.0, 0.0, *idle),
        *(float(name in met) for name in PRIMITIVES),
        *(float(dense), squash(max((role.kernel for role in own), default=0))),
        *(len(shared) / (layers * len(tasks)), len(norms) / (2 * layers * len(tasks)), squash(layers)),
        float(any(role.recombination == "shuffled" for _, role in shared)),
    ]


def describe_exchange(blocks: Sequence[Block], scale: int) -> list[float]:
    """Features of what tasks exchange at a scale.

    Args:
        blocks: of the whole exchange, in order of computation.
        scale: from 0.
    """
    necks = {block.role.kind for block in blocks if isinstance(block.role, Neck) and block.stage == scale}
    neck = (float(bool(necks)), float("conv" in necks))
    for place, block in enumerate(blocks):
        if isinstance(block.role, Attend) and blocks[place - 1].stage == scale:
            project, attend, broadcast = blocks[place - 1].role, block.role, blocks[place + 1].role
            assert isinstance(project, Project)
            assert isinstance(broadcast, Broadcast)
            return [
                *(1.0, squash(attend.slots), squash(attend.width), attend.top_k, project.etf / attend.width),
                *(squash(attend.heads - 1), squash(attend.rounds - 1)),
                *(float(attend.state == state) for state in ("carried", "identity")),
                *(float(attend.update == update) for update in ("residual", "overwrite")),
                *(float(broadcast.weight == weight) for weight in ("learned", "one")),
                *(float(attend.tied), float(block.stage < 0), *neck),
                *(float(isinstance(attend, NormalisedAttend)), float(_name_norm(attend) == "cosine")),
            ]
    return [*[0.0] * (len(EXCHANGE) - 4), *neck, 0.0, 0.0]


def _name_norm(attend: Attend) -> str:
    return attend.norm if isinstance(attend, NormalisedAttend) else "none"


def squash(number: int) -> float:
    """Below 1 and rising for any count, fast where counts are small."""
    doublings = math.log2(1 + number)
    return doublings / (doublings + _HALF)
