"""Whether a network can realise a pattern, told from widths and sizes before anything is built.

The walk with shapes flowing, without torch; `search.problem.validation` sends a covering set of a space's patterns
through it.
"""

from __future__ import annotations

from dataclasses import dataclass

from spaces.errors import PatternError
from spaces.networks.family import Family, LimitsMixings
from spaces.networks.modules.padding import pad_size
from spaces.pattern.block import WHOLE, Attend, Block, SharedBranch, TaskBranch
from spaces.pattern.mixing import count_shared_channels
from spaces.pattern.sharing_pattern import SharingPattern
from spaces.pattern.walk import walk


def check_feasible(pattern: SharingPattern, family: Family, size: tuple[int, int]) -> None:
    """Refuse a pattern that the family cannot build for images of a size.

    Args:
        pattern: what is shared.
        family: its stages, widths and strides are asked for.
        size: (height, width) of the images in pixels.

    Raises:
        PatternError: another number of stages, a mixing that the family's blocks do not allow, a ratio that leaves a
            branch without channels, as many slots as tokens.
    """
    for part, given, wanted in (
        ("encoder", len(pattern.encoder), family.encoder_stages),
        ("decoder", len(pattern.decoder), family.decoder_stages),
    ):
        if given != wanted:
            raise PatternError(f"the pattern has {given} {part} stages, the network {wanted}: want as many")
    if isinstance(family, LimitsMixings):
        _check_mixings(pattern, family)
    walk(pattern, _Size(*pad_size(size, family.stride)), _Sizes(family))


def _check_mixings(pattern: SharingPattern, family: LimitsMixings) -> None:
    for index, stage in enumerate(pattern.encoder):
        if stage.mixing.kind not in family.mixings:
            raise PatternError(
                f"encoder stage {index + 1} is {stage.mixing.kind}, but those of {type(family).__name__} can only be "
                f"{' or '.join(family.mixings)}: take another space, or another network"
            )


@dataclass(frozen=True, eq=False)
class _Size:
    """Height and width of what flows; equal ones are different values all the same."""

    height: int
    width: int


@dataclass(frozen=True)
class _Sizes:
    """The walk's algebra on sizes."""

    family: Family

    def block(self, block: Block, inputs: tuple[_Size, ...]) -> _Size:
        role, stage = block.role, block.stage
        if isinstance(role, (SharedBranch, TaskBranch)):
            count_shared_channels(role.ratio, self.family.widths[stage])
        first = isinstance(role, (SharedBranch, TaskBranch)) and role.layer == 1
        if block.part == "encoder" and (role is WHOLE or first):
            stride = self.family.strides[stage]
            return _Size(-(-inputs[0].height // stride), -(-inputs[0].width // stride))
        last = inputs[-1]  # a decoder block works at the size of its skip
        return _Size(last.height, last.width)

    def blend(self, block: Block, inputs: tuple[_Size, ...], outputs: int) -> tuple[_Size, ...]:
        if isinstance(block.role, Attend):
            tokens = sum(each.height * each.width for each in inputs[: len(block.group)])
            if block.role.slots >= tokens:
                place = "the scales" if block.stage < 0 else f"scale {block.stage + 1}"
                raise PatternError(
                    f"slots={block.role.slots} at {place}, which has {tokens} tokens of all tasks together: want fewer "
                    "slots than tokens, or they are no bottleneck; lower space.slots, leave the scale out or take "
                    "larger images"
                )
            return tuple(_Size(inputs[0].height, inputs[0].width) for _ in range(outputs))
        made = self.block(Block(block.part, block.stage, block.group), inputs[:1])
        return tuple(_Size(made.height, made.width) for _ in range(outputs))

    def join(self, values: tuple[_Size, ...]) -> _Size:
        return _Size(values[0].height, values[0].width)

    def mean(self, values: tuple[_Size, ...]) -> _Size:
        return _Size(values[0].height, values[0].width)
