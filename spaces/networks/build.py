"""The one builder: sharing pattern -> network."""

from __future__ import annotations

import zlib
from collections.abc import Mapping

import torch
from torch import Tensor, nn

from spaces.networks.family import Family, Output
from spaces.pattern import SharingPattern
from spaces.walk import Block, blocks, walk


class SharedNetwork(nn.Module):
    """A sharing pattern made of a family's blocks, with one private head a task.

    Args:
        pattern: what is shared.
        modules: one module per block name.
        heads: one head per task, named ``head/<task>``.
    """

    def __init__(self, pattern: SharingPattern, modules: dict[str, nn.Module], heads: dict[str, nn.Module]) -> None:
        super().__init__()
        self.pattern = pattern
        self.blocks = nn.ModuleDict(modules)
        self.heads = nn.ModuleDict(heads)

    def forward(self, image: Tensor) -> dict[str, Tensor]:
        """``(B, 3, H, W) -> {task: (B, channels, H, W)}``."""
        outputs = self.decode(image)
        return {task: self.heads[f"head/{task}"](outputs[task], image.shape[-2:]) for task in self.pattern.tasks}

    def decode(self, image: Tensor) -> dict[str, tuple[Tensor, ...]]:
        """What the heads read: each task's decoder outputs, one a stage, ``(B, C, h, w)``, low resolution to high.

        Tasks that share a stage hold the same tensor there.
        """
        return walk(self.pattern, image, self)

    def block(self, block: Block, inputs: tuple[Tensor, ...]) -> Tensor:
        """The walk's algebra on tensors: run the block's module."""
        return self.blocks[block.name](*inputs)

    def mean(self, values: tuple[Tensor, ...]) -> Tensor:
        """The walk's algebra on tensors: mean of distinct tensors of one shape."""
        return torch.stack(values).mean(0)


def build(pattern: SharingPattern, family: Family, outputs: Mapping[str, Output], seed: int) -> SharedNetwork:
    """Build a pattern's network.

    Initial weights are drawn from (seed, name of the block) alone, so patterns that share a block start it alike and
    comparisons between them are paired.

    Args:
        pattern: what is shared; as many stages as the family has.
        family: makes the blocks.
        outputs: what each task's head must give.
        seed: of the initial weights.
    """
    modules = {block.name: _seeded(family, block, seed) for block in blocks(pattern)}
    heads = {}
    for task in pattern.tasks:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(_seed_of(seed, f"head/{task}"))
            heads[f"head/{task}"] = family.head(outputs[task])  # a bare "type" would clash with ModuleDict's own names
    return SharedNetwork(pattern, modules, heads)


def _seeded(family: Family, block: Block, seed: int) -> nn.Module:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(_seed_of(seed, block.name))
        return (family.encoder_block if block.part == "encoder" else family.decoder_block)(block.stage)


def _seed_of(seed: int, name: str) -> int:
    return zlib.crc32(f"{seed}/{name}".encode())
