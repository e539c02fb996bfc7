"""Whether a trained workspace acts: how evenly it attends, and what is lost where it tells every image the same.

An exchange whose attention is even, and whose output can be replaced by its mean, is a bias and no exchange.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from statistics import fmean
from typing import Any

import torch
from torch import Tensor, nn

from spaces.networks.build import SharedNetwork
from spaces.networks.modules.exchange.workspace import SlotAttention, SlotBroadcast
from trainers.batches.source import Source
from trainers.measure import measure
from trainers.tasks.task import Task


def measure_effect(network: SharedNetwork, split: Source, tasks: Sequence[Task]) -> dict[str, Any]:
    """Measure a trained network's workspaces.

    Args:
        network: on the split's device; left in evaluation mode.
        split: that is judged.
        tasks: of the network.

    Returns:
        ``{"retrieval": share, "read": share, "mean_only": {"<task>.<metric>": value}}``: the entropy of what slots
        attend to among the tokens that they may, and of what tokens read from the slots, as a share of the most there
        can be, mean over workspaces, heads and images; and the metrics with what each task hears at each scale replaced
        by its mean over all images and places. Empty where there is no workspace.
    """
    attentions = [block for block in network.blocks.values() if isinstance(block, SlotAttention)]
    broadcasts = [block for block in network.blocks.values() if isinstance(block, SlotBroadcast)]
    if not attentions:
        return {}
    shares: dict[str, list[float]] = {"retrieval": [], "read": []}
    heard = [_Mean() for _ in broadcasts]
    with ExitStack() as hooks:
        for attention in attentions:
            hooks.enter_context(_hooked(attention.retrieving, partial(_note, shares["retrieval"], -1)))
            hooks.enter_context(_hooked(attention.reading, partial(_note, shares["read"], -2)))
        for broadcast, mean in zip(broadcasts, heard, strict=True):
            hooks.enter_context(_hooked(broadcast, mean.add))
        measure(network, split, tasks)
    with ExitStack() as hooks:
        for broadcast, mean in zip(broadcasts, heard, strict=True):
            hooks.enter_context(_hooked(broadcast, mean.replace))
        mean_only = measure(network, split, tasks)
    return {**{name: fmean(values) for name, values in shares.items()}, "mean_only": mean_only}


class _Mean:
    """Mean over images and places of what a broadcast adds to features."""

    def __init__(self) -> None:
        self._sum: Tensor | None = None
        self._count = 0

    def add(self, module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        """Take a batch: features and what was read, ``(B, C, H, W)`` behind it."""
        added = (output - inputs[0]).double()
        total = added.sum((0, 2, 3))
        self._sum = total if self._sum is None else self._sum + total
        self._count += added.numel() // added.shape[1]

    def replace(self, module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> Tensor:
        """The features with the mean in place of what would be added."""
        assert self._sum is not None
        return inputs[0] + (self._sum / self._count).to(output.dtype)[:, None, None]


def _note(shares: list[float], dim: int, module: nn.Module, inputs: tuple[Tensor, ...], weights: Tensor) -> None:
    """Note the mean entropy of weights that add up to 1 over a dimension, as a share of that of even ones."""
    choices = (weights > 0).sum(dim)  # masked tokens are no choice
    entropy = torch.special.entr(weights.float()).sum(dim)
    most = choices.clamp(min=2).log()
    shares.append(float(torch.where(choices > 1, entropy / most, math.nan).nanmean().nan_to_num()))


@contextmanager
def _hooked(module: nn.Module, hook: Any) -> Iterator[None]:
    handle = module.register_forward_hook(hook)
    try:
        yield
    finally:
        handle.remove()
