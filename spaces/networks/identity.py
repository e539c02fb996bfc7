"""Names the network that a family makes of a pattern: patterns that come to the same one have the same name.

A pattern's key is of its options. Two ratios may round to the same channels, two shares of tokens to the same number of
them, and a grouped convolution of one group is a dense one: where patterns differ by nothing else, their networks are
equal, initial weights too, which are drawn by the names of blocks.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass, replace

from spaces.networks.channels import count_channels
from spaces.networks.family import Family
from spaces.networks.modules.padding import pad_size
from spaces.pattern.block import WHOLE, Attend, Block, Role, SharedBranch, TaskBranch
from spaces.pattern.mixing import count_groups
from spaces.pattern.sharing_pattern import SharingPattern
from spaces.pattern.walk import walk


def identify_network(pattern: SharingPattern, family: Family, size: tuple[int, int]) -> str:
    """16 hex characters that name a pattern's network.

    Args:
        pattern: what is shared.
        family: makes the blocks.
        size: (height, width) of the images in pixels.

    Raises:
        PatternError: a ratio that leaves a branch without channels.
    """
    outputs = walk(pattern, _Value("image", 3, *pad_size(size, family.stride)), _Networks(family))
    return _hash(*(f"{task}:{values[-1].name}" for task, values in sorted(outputs.items())))[:16]


@dataclass(frozen=True, eq=False)
class _Value:
    """What flows: the computation that made it, its channels and its size; equal ones are different values."""

    name: str
    channels: int
    height: int
    width: int


@dataclass(frozen=True)
class _Networks:
    """The walk's algebra on names, with options as they come out in this family."""

    family: Family

    def block(self, block: Block, inputs: tuple[_Value, ...]) -> _Value:
        widths = [each.channels for each in inputs]
        channels = count_channels(block, widths, self.family)
        role = _settle(block.role, widths[0], channels, self.family.widths, block.stage)
        height, width = self._find_size(block, inputs)
        return _Value(_name(block, role, inputs), channels, height, width)

    def blend(self, block: Block, inputs: tuple[_Value, ...], outputs: int) -> tuple[_Value, ...]:
        role, first = block.role, inputs[0]
        if isinstance(role, Attend):
            tokens = sum(each.height * each.width for each in inputs[: len(block.group)])
            role = replace(role, top_k=float(max(1, math.ceil(role.top_k * tokens))))
        whole = _name(block, role, inputs)
        made = (
            first if isinstance(role, Attend) else self.block(Block(block.part, block.stage, block.group), inputs[:1])
        )
        return tuple(
            _Value(_hash(whole, str(index)), made.channels, made.height, made.width) for index in range(outputs)
        )

    def join(self, values: tuple[_Value, ...]) -> _Value:
        name = _hash("join", *(each.name for each in values))
        return _Value(name, sum(each.channels for each in values), values[0].height, values[0].width)

    def mean(self, values: tuple[_Value, ...]) -> _Value:
        return replace(values[0], name=_hash("mean", *sorted(each.name for each in values)))

    def _find_size(self, block: Block, inputs: tuple[_Value, ...]) -> tuple[int, int]:
        role, last = block.role, inputs[-1] if block.part == "decoder" else inputs[0]
        first = isinstance(role, (SharedBranch, TaskBranch)) and role.layer == 1
        stride = self.family.strides[block.stage] if block.part == "encoder" and (role is WHOLE or first) else 1
        return -(-last.height // stride), -(-last.width // stride)


def _settle(role: Role, inputs: int, channels: int, widths: tuple[int, ...], stage: int) -> Role:
    """A role with its options as they come out."""
    if isinstance(role, TaskBranch):
        return replace(role, ratio=1 - channels / widths[stage])
    if isinstance(role, SharedBranch):
        alike = count_groups(inputs, channels, role.recombination) == 1
        return replace(role, ratio=channels / widths[stage], recombination="dense" if alike else role.recombination)
    return role


def _name(block: Block, role: Role, inputs: tuple[_Value, ...]) -> str:
    return _hash(replace(block, role=role).computation, *(each.name for each in inputs))


def _hash(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
