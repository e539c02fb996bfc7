"""Exact multiply-accumulates and parameters of a pattern, before anything is built.

A pattern's cost is the sum of its blocks' costs, and a block's cost does not depend on who shares it. So one network
per (family, input size) is counted on the meta device, block by block, and every pattern after it is a sum of look-ups.
Convolutions, linear layers and attention count; resizing, batch-norm, pooling and elementwise work count as zero.
Attention is counted right on the meta device only: on a CPU torch's counter misses its fused kernels.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from spaces.networks.family import Family, Output
from spaces.pattern import SharingPattern, hard_sharing
from spaces.walk import Block, blocks, walk


@dataclass(frozen=True)
class Cost:
    """What a network costs at batch size 1, heads counted.

    Args:
        macs: multiply-accumulates of one forward pass.
        params: learnable parameters.
    """

    macs: int
    params: int

    def __add__(self, other: Cost) -> Cost:
        """Cost of both together."""
        return Cost(self.macs + other.macs, self.params + other.params)

    @property
    def flops(self) -> int:
        """Floating-point operations: two per multiply-accumulate."""
        return 2 * self.macs


def cost(pattern: SharingPattern, family: Family, outputs: Mapping[str, Output], size: tuple[int, int]) -> Cost:
    """Cost of a pattern's network.

    Args:
        pattern: what is shared.
        family: makes the blocks; hashable.
        outputs: what each task's head must give.
        size: (height, width) of the input in pixels.
    """
    table = _block_costs(family, size)
    total = Cost(0, 0)
    for block in blocks(pattern):
        total += table[block.part, block.stage]
    for task in pattern.tasks:
        total += _head_cost(family, outputs[task], size)
    return total


def count(network: Any, size: tuple[int, int]) -> Cost:
    """Cost of a whole network counted at once; it must live on the meta device."""
    import torch

    return _counted(network, lambda: network(torch.empty(1, 3, *size, device="meta")))[0]


@lru_cache(maxsize=64)
def _block_costs(family: Family, size: tuple[int, int]) -> dict[tuple[str, int], Cost]:
    return _count_blocks(family, size)[0]


@lru_cache(maxsize=1024)
def _head_cost(family: Family, output: Output, size: tuple[int, int]) -> Cost:
    import torch

    decoded = _count_blocks(family, size)[1]
    with torch.device("meta"):
        head = family.head(output)
    return _counted(head, lambda: head(decoded, size))[0]


@lru_cache(maxsize=64)
def _count_blocks(family: Family, size: tuple[int, int]) -> tuple[dict[tuple[str, int], Cost], tuple[Any, ...]]:
    """Costs of the blocks of a single-task network, and its decoder outputs on the meta device."""
    import torch

    meter = _Meter(family, {})
    single = hard_sharing(("task",), family.encoder_stages, family.decoder_stages)
    image = torch.empty(1, 3, *size, device="meta")
    outputs = walk(single, image, meter)["task"]
    return meter.costs, outputs


@dataclass(frozen=True)
class _Meter:
    """The walk's algebra that runs every block on the meta device and notes its cost."""

    family: Family
    costs: dict[tuple[str, int], Cost]

    def block(self, block: Block, inputs: tuple[Any, ...]) -> Any:
        import torch

        with torch.device("meta"):
            make = self.family.encoder_block if block.part == "encoder" else self.family.decoder_block
            module = make(block.stage)
        self.costs[block.part, block.stage], output = _counted(module, lambda: module(*inputs))
        return output

    def mean(self, values: tuple[Any, ...]) -> Any:
        return values[0]


def _counted(module: Any, forward: Any) -> tuple[Cost, Any]:
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    module.eval()
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        output = forward()
    params = sum(p.numel() for p in module.parameters())
    return Cost(macs=counter.get_total_flops() // 2, params=params), output
