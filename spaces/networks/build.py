"""The one builder: sharing pattern -> network."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from spaces.errors import DataError, PatternError
from spaces.networks.channels import count_channels
from spaces.networks.family import Family
from spaces.networks.make import make_module
from spaces.networks.modules.gated import START, GatedStage, Masks, Start
from spaces.networks.modules.output import Output
from spaces.networks.modules.padding import crop_output, pad_image, pad_size
from spaces.networks.modules.pruned import PrunedStage
from spaces.pattern.block import Block
from spaces.pattern.key import network_key
from spaces.pattern.sharing_pattern import SharingPattern
from spaces.pattern.walk import walk


class SharedNetwork(nn.Module):
    """A sharing pattern made of a family's blocks, with one private head a task.

    Args:
        pattern: what is shared.
        modules: one module per block name.
        heads: one head per task, named ``head/<task>``.
        stride: of the family, in pixels; images of other sizes are padded to multiples of it, and outputs cropped.
        masks: hard gates of a network that was pruned; empty before, and where nothing is gated.
    """

    def __init__(
        self,
        pattern: SharingPattern,
        modules: Mapping[str, nn.Module],
        heads: Mapping[str, nn.Module],
        stride: int,
        masks: Masks | None = None,
    ) -> None:
        super().__init__()
        self.pattern, self.stride, self.masks = pattern, stride, masks or {}
        self.blocks = nn.ModuleDict(modules)
        self.heads = nn.ModuleDict(heads)

    @property
    def key(self) -> str:
        """16 hex characters that name the static network: the pattern's key, and the masks where it was pruned."""
        return network_key(self.pattern, self.masks) if self.masks else self.pattern.key

    @property
    def gated(self) -> dict[str, GatedStage]:
        """The stages whose gates still learn, by block name."""
        return {name: block for name, block in self.blocks.items() if isinstance(block, GatedStage)}

    def forward(self, image: Tensor) -> dict[str, Tensor]:
        """``(B, 3, H, W) -> {task: (B, channels, H, W)}``, or ``(B, channels)`` where the output is not dense."""
        outputs, (height, width) = self.decode(image), image.shape[-2:]
        return {task: self.answer(task, outputs[task], (height, width)) for task in self.pattern.tasks}

    def answer(self, task: str, decoded: tuple[Tensor, ...], size: tuple[int, int]) -> Tensor:
        """What a task's head makes of its decoder outputs, for images of a size: ``(B, channels, *size)``."""
        return crop_output(self.heads[f"head/{task}"](decoded, pad_size(size, self.stride)), size)

    def decode(self, image: Tensor) -> dict[str, tuple[Tensor, ...]]:
        """What the heads read: each task's decoder outputs, one a stage, ``(B, C, h, w)``, low resolution to high.

        Tasks that share a stage hold the same tensor there.
        """
        return walk(self.pattern, self.fit(image), self)

    def fit(self, image: Tensor) -> Tensor:
        """The image as the blocks read it: padded where its size is no multiple of the stride."""
        return pad_image(image, self.stride)

    def block(self, block: Block, inputs: tuple[Tensor, ...]) -> Tensor:
        """The walk's algebra on tensors: run the block's module."""
        return self.blocks[block.name](*inputs)

    def blend(self, block: Block, inputs: tuple[Tensor, ...], outputs: int) -> tuple[Tensor, ...]:
        """The walk's algebra on tensors: run a module of several outputs."""
        return self.blocks[block.name](*inputs)

    def join(self, values: tuple[Tensor, ...]) -> Tensor:
        """The walk's algebra on tensors: channels side by side."""
        return torch.cat(values, dim=1)

    def mean(self, values: tuple[Tensor, ...]) -> Tensor:
        """The walk's algebra on tensors: mean of distinct tensors of one shape."""
        return sum(values[1:], values[0]) / len(values)


def build(
    pattern: SharingPattern,
    family: Family,
    outputs: Mapping[str, Output],
    seed: int,
    start: Start = START,
) -> SharedNetwork:
    """Build a pattern's network.

    Initial weights are drawn from (seed, name of the block) alone, so patterns that share a block start it alike and
    comparisons between them are paired.

    Args:
        pattern: what is shared; as many stages as the family has.
        family: makes the blocks.
        outputs: what each task's head must give.
        seed: of the initial weights.
        start: of gates, where there are any.

    Raises:
        PatternError: blocks that cannot be gated, or a ratio that leaves a branch without channels.
    """
    return SharedNetwork(pattern, *build_union([pattern], family, outputs, seed, start), family.stride)


def build_union(
    patterns: Iterable[SharingPattern],
    family: Family,
    outputs: Mapping[str, Output],
    seed: int,
    start: Start = START,
) -> tuple[dict[str, nn.Module], dict[str, nn.Module]]:
    """The blocks of all patterns and the heads of their tasks, by name; arguments as of `build`.

    Raises:
        PatternError: as `build`, or two patterns have a block of one name for inputs of different widths.
    """

    def seeded(name: str, build_it: Callable[[], nn.Module]) -> nn.Module:
        # Not torch.manual_seed, which seeds every kind of device and formats a stack for each that is not there: 1 ms.
        before = torch.default_generator.get_state()
        torch.default_generator.manual_seed(zlib.crc32(f"{seed}/{name}".encode()))
        try:
            return build_it()
        finally:
            torch.default_generator.set_state(before)

    making = _Making(family, lambda block, widths: make_module(block, widths, family, seeded, start), {})
    heads: dict[str, nn.Module] = {}
    for pattern in patterns:
        making.met.clear()
        walk(pattern, _Width(3), making)
        for task in pattern.tasks:
            # A bare "type" would clash with ModuleDict's own names.
            if (name := f"head/{task}") not in heads:
                heads[name] = seeded(name, lambda task=task: family.head(outputs[task]))  # type: ignore[misc]  # bound
    return making.modules, heads


def prune(network: SharedNetwork, masks: Masks | None = None) -> SharedNetwork:
    """The static network that hard gates leave; other blocks are the same objects.

    Args:
        network: one that was built, trained or not.
        masks: hard gates; by default those that its gates have learned.

    Raises:
        DataError: masks that do not fit the network.
    """
    masks = {name: stage.masks for name, stage in network.gated.items()} if masks is None else masks
    missing = set(network.gated) ^ set(masks)
    if missing:
        raise DataError(f"masks and gated stages differ in {', '.join(sorted(missing))}: want masks for every one")
    pruned = {name: PrunedStage(stage, masks[name]) for name, stage in network.gated.items()}
    heads = dict(network.heads.items())
    return SharedNetwork(network.pattern, {**dict(network.blocks.items()), **pruned}, heads, network.stride, masks)


@dataclass(frozen=True, eq=False)
class _Width:
    """Channels that flow; equal ones are different values all the same."""

    channels: int


@dataclass(frozen=True)
class _Making:
    """The walk's algebra that makes each module when it is first met."""

    family: Family
    make: Callable[[Block, list[int]], nn.Module]
    modules: dict[str, nn.Module]
    made: dict[str, tuple[str, list[int]]] = field(default_factory=dict)  # what each was made as
    met: set[str] = field(default_factory=set)  # in the pattern that is walked

    def block(self, block: Block, inputs: tuple[_Width, ...]) -> _Width:
        widths = [each.channels for each in inputs]
        what = (block.computation, widths)
        first = block.name not in self.met  # in this pattern; tied weights may be evaluated again in other ways
        self.met.add(block.name)
        if block.name not in self.modules:
            self.modules[block.name], self.made[block.name] = self.make(block, widths), what
        elif first and self.made[block.name] != what:
            raise PatternError(
                f"block {block.name} is one thing in one pattern and another in the next "
                f"({self.made[block.name]}, {what}): patterns with it have no weights in common"
            )
        return _Width(count_channels(block, widths, self.family))

    def blend(self, block: Block, inputs: tuple[_Width, ...], outputs: int) -> tuple[_Width, ...]:
        width = self.block(block, inputs).channels
        return tuple(_Width(width) for _ in range(outputs))

    def join(self, values: tuple[_Width, ...]) -> _Width:
        return _Width(sum(each.channels for each in values))

    def mean(self, values: tuple[_Width, ...]) -> _Width:
        return _Width(values[0].channels)
