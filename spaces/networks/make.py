"""Makes the torch module of a block: by its role, of the widths that flow in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict

from torch import nn

from spaces.networks.channels import count_channels
from spaces.networks.family import Family
from spaces.networks.modules.blocks import Branch, Normalise
from spaces.networks.modules.exchange.necks import NECKS
from spaces.networks.modules.exchange.workspace import SlotAttention, SlotBroadcast, SlotProjection
from spaces.networks.modules.gated import START, GatedStage, Start
from spaces.networks.modules.layer import list_layers
from spaces.networks.modules.primitives import SharedLayer
from spaces.pattern.block import WHOLE, Attend, Block, Broadcast, Gates, Neck, Norm, Project, SharedBranch, TaskBranch

Seeded = Callable[[str, Callable[[], nn.Module]], nn.Module]
"""Calls a function with the random generator set by a name."""


def make_module(block: Block, inputs: Sequence[int], family: Family, seeded: Seeded, start: Start = START) -> nn.Module:
    """The module of a block.

    Args:
        block: what it is.
        inputs: channels of each input.
        family: makes whole blocks.
        seeded: sets the generator for weights, by the name that they belong to.
        start: of gates.

    Raises:
        PatternError: blocks that cannot be gated.
    """
    if isinstance(block.role, Gates):
        return _make_gated(block, block.role, family, seeded, start)
    return seeded(block.name, lambda: _make_simple(block, inputs, family))


def _make_simple(block: Block, inputs: Sequence[int], family: Family) -> nn.Module:
    if block.part == "exchange":
        return _make_exchange(block, inputs)
    if block.role is WHOLE:
        return (family.encoder_block if block.part == "encoder" else family.decoder_block)(block.stage)
    return _make_branch(block, inputs, family)


def _make_branch(block: Block, inputs: Sequence[int], family: Family) -> nn.Module:
    role, width = block.role, count_channels(block, inputs, family)
    if isinstance(role, Norm):
        return Normalise(width)
    assert isinstance(role, (SharedBranch, TaskBranch))
    stride = family.strides[block.stage] if role.layer == 1 else 1
    if isinstance(role, SharedBranch):
        return SharedLayer(inputs[0], width, stride, role.primitives, role.recombination)
    return Branch(inputs[0], width, role.kernel, stride)


def _make_exchange(block: Block, inputs: Sequence[int]) -> nn.Module:
    role = block.role
    if isinstance(role, Neck):
        return NECKS[role.kind](inputs[0])
    if isinstance(role, Project):
        return SlotProjection(inputs[0], role.width, role.etf)
    if isinstance(role, Broadcast):
        return SlotBroadcast(inputs[1], inputs[0], role.weight)
    assert isinstance(role, Attend)
    return SlotAttention(len(block.group), **asdict(role))


def _make_gated(block: Block, role: Gates, family: Family, seeded: Seeded, start: Start) -> nn.Module:
    """Every branch starts as the whole block of those that read it would."""

    def branch(group: tuple[str, ...]) -> nn.Module:
        return seeded(Block(block.part, block.stage, group).name, lambda: family.encoder_block(block.stage))

    own = [list_layers(branch((task,))) for task in block.group]
    return GatedStage(block.group, own, list_layers(branch(block.group)), role.rates, role.mixes, start)
