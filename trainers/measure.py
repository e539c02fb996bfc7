"""Metrics of a network on a split, exact over the whole split."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch

from trainers.batches.source import Source
from trainers.tasks.task import Task

PIXELS = 2**20
"""Of the images in one forward pass, at least one image: bounds memory, whatever their size. Our choice."""


def measure(network: torch.nn.Module, split: Source, tasks: Sequence[Task], batch_size: int = 64) -> dict[str, float]:
    """Evaluate a network.

    Args:
        network: ``(B, 3, H, W) in [0, 1] -> {task: (B, C, H, W) or (B, C)}``; left in evaluation mode.
        split: what it is measured on.
        tasks: which outputs are measured.
        batch_size: images a forward pass at most, fewer large ones; the result does not depend on it.

    Returns:
        ``{"<task>.<metric>": value}``, in the metrics' own units.
    """
    network.eval()
    sums: dict[str, torch.Tensor] = {}
    with torch.no_grad(), mixed_precision(split.device):
        for images, targets in split.batches(min(batch_size, max(1, PIXELS // math.prod(split.size))), tasks):
            outputs = network(images)
            for task in tasks:
                target = images if task.target_from_image else targets[task.name]
                statistics = task.statistics(outputs[task.name].float(), target)
                sums[task.name] = sums[task.name] + statistics if task.name in sums else statistics
    return {f"{task.name}.{metric}": value for task in tasks for metric, value in task.metrics(sums[task.name]).items()}


def mixed_precision(device: torch.device) -> torch.autocast:
    """bfloat16 on CUDA; plain float32 elsewhere, where it brings no gain at these sizes."""
    return torch.autocast(device.type, dtype=torch.bfloat16, enabled=device.type == "cuda")
