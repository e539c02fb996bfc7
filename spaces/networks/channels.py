"""How many channels blocks make, known without torch."""

from __future__ import annotations

from collections.abc import Sequence

from spaces.networks.family import Family
from spaces.pattern.block import Attend, Block, Broadcast, Neck, Norm, Project, SharedBranch, TaskBranch
from spaces.pattern.mixing import count_shared_channels


def count_channels(block: Block, inputs: Sequence[int], family: Family) -> int:
    """Channels that a block makes; 0 for one whose channels nobody asks for."""
    role, stage = block.role, block.stage
    if block.part == "decoder":
        return 0
    if isinstance(role, (Norm, Neck, Attend, Broadcast)):
        return inputs[0]
    if isinstance(role, Project):
        return role.width
    if isinstance(role, SharedBranch):
        return count_shared_channels(role.ratio, family.widths[stage])
    if isinstance(role, TaskBranch):
        return family.widths[stage] - count_shared_channels(role.ratio, family.widths[stage])
    return family.widths[stage]
