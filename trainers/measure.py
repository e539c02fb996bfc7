"""Metrics of a network on a split, exact over the whole split."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

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
    return measure_together([network], split, tasks, batch_size)[0]


def measure_together(
    networks: Sequence[torch.nn.Module], split: Source, tasks: Sequence[Task], batch_size: int = 64
) -> list[dict[str, float]]:
    """Evaluate several networks in one pass over a split whose batches cost something; each as `measure` does."""
    for network in networks:
        network.eval()
    sums: list[dict[str, torch.Tensor]] = [{} for _ in networks]
    with torch.no_grad(), mixed_precision(split.device):
        for images, targets in split.batches(limit_batch(split.size, batch_size), tasks):
            for network, own in zip(networks, sums, strict=True):
                outputs = network(images)
                for task in tasks:
                    target = find_target(task, images, targets)
                    statistics = task.statistics(outputs[task.name].float().contiguous(), target)
                    own[task.name] = own[task.name] + statistics if task.name in own else statistics
    return [
        {f"{task.name}.{metric}": value for task in tasks for metric, value in task.metrics(own[task.name]).items()}
        for own in sums
    ]


def limit_batch(size: tuple[int, int], batch_size: int) -> int:
    """Images a forward pass, so many at most and fewer of large ones."""
    return min(batch_size, max(1, PIXELS // math.prod(size)))


def find_target(task: Task, images: torch.Tensor, targets: Mapping[str, torch.Tensor]) -> torch.Tensor:
    """A task's target in a batch.

    A source that has changed its images gives those of before among the targets of tasks that want the image itself.
    """
    return targets.get(task.name, images) if task.target_from_image else targets[task.name]


def mixed_precision(device: torch.device) -> torch.autocast:
    """bfloat16 on CUDA; plain float32 elsewhere, where it brings no gain at these sizes."""
    return torch.autocast(device.type, dtype=torch.bfloat16, enabled=device.type == "cuda")
