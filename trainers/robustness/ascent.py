"""Projected gradient ascent in the image (Madry et al., ICLR 2018), within a largest change of any value.

Steps, their length and the bounds are those of Progressive Decoder Fusion, see `trainers.robustness.attacks`. The start
is drawn within the bound, as Madry et al. do; that paper does not say (our choice). Gradients are float32.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor, nn

from trainers.batches.source import Batch, Source
from trainers.batches.wrapped_source import WrappedSource
from trainers.measure import find_target
from trainers.robustness.alignment import measure_alignment
from trainers.robustness.attacks import ALIGNED, STEP, Attack, count_steps
from trainers.robustness.corrupted_source import keep_images
from trainers.tasks.task import Task

LEVELS = 255.0  # bounds and steps are in these


@dataclass(frozen=True, eq=False)
class AttackedSource(WrappedSource):
    """A `Source` whose images are attacked on their way; targets stay.

    Args:
        source: of the images before; its batches must have the targets of the attack's tasks.
        network: that is attacked; in evaluation mode.
        attack: what is to grow.
        bound: largest change of a value [1/255].
        seed: of the starts.
    """

    source: Source
    network: nn.Module
    attack: Attack
    bound: float
    seed: int

    def first(self, images: int) -> AttackedSource:
        """The first images."""
        return replace(self, source=self.source.first(images))

    def batches(self, size: int, tasks: Sequence[Task], order: Tensor | None = None) -> Iterator[Batch]:
        """See `Source.batches`; tasks whose target is the image get the one from before."""
        rows = range(len(self)) if order is None else order.tolist()
        wanted = list(dict.fromkeys([*tasks, *self.attack.tasks]))
        start = 0
        for images, targets in self.source.batches(size, wanted, order):
            begin = self._draw_starts(images, rows[start : start + len(images)])
            start += len(images)
            kept = keep_images(images, targets, wanted)
            yield climb(self.network, images, kept, self.attack, self.bound, begin), kept

    def _draw_starts(self, images: Tensor, numbers: Sequence[int]) -> Tensor:
        """Uniform within the bound, by image; shape of the images."""
        shape = tuple(images.shape[1:])
        drawn = [np.random.default_rng([self.seed, number]).uniform(-1, 1, shape) for number in numbers]
        return torch.from_numpy(np.stack(drawn)).to(images) * (self.bound / LEVELS)


def climb(
    network: nn.Module, images: Tensor, targets: Mapping[str, Tensor], attack: Attack, bound: float, begin: Tensor
) -> Tensor:
    """Attack a batch.

    Args:
        network: in evaluation mode.
        images: ``(B, 3, H, W)`` in [0, 1].
        targets: of the attack's tasks.
        attack: what is to grow.
        bound: largest change of a value [1/255].
        begin: change of the images that the ascent starts from.

    Returns:
        Images in [0, 1], nowhere further from those given than the bound.
    """
    reach = bound / LEVELS
    low, high = (images - reach).clamp(min=0), (images + reach).clamp(max=1)
    moved = (images + begin).clamp(low, high)
    for _ in range(count_steps(bound)):
        slope = find_slope(network, moved, targets, attack)
        moved = (moved + STEP / LEVELS * slope.sign()).clamp(low, high)
    return moved


def find_slope(network: nn.Module, images: Tensor, targets: Mapping[str, Tensor], attack: Attack) -> Tensor:
    """How the losses, each place weighed, change with the images; their shape.

    Losses are sums over places, so that weighing the gradient at a prediction's places weighs the losses there: no task
    need tell its loss place by place.
    """
    # Within the no_grad and the half precision of whoever measures.
    with torch.enable_grad(), torch.autocast(images.device.type, enabled=False):
        images = images.detach().requires_grad_()
        outputs = network(images)
        predictions, slopes = [], []
        for task in attack.tasks:
            prediction, target = outputs[task.name].float(), find_target(task, images, targets)
            (slope,) = torch.autograd.grad(task.weight * task.loss(prediction, target), prediction, retain_graph=True)
            if attack.weighing == ALIGNED:
                slope = slope * measure_alignment(task, prediction, target)
            predictions.append(prediction)
            slopes.append(slope)
        (gradient,) = torch.autograd.grad(predictions, images, slopes)
    return gradient


def list_smooth_tasks(tasks: Sequence[Task], source: Source) -> tuple[Task, ...]:
    """The tasks whose loss can be differentiated, tried on the first image of a source."""
    images, targets = next(iter(source.first(1).batches(1, tasks)))
    height, width = source.size
    smooth = []
    for task in tasks:
        shape = (1, task.channels, height, width) if task.dense else (1, task.channels)
        prediction = torch.full(shape, 0.5, device=images.device, requires_grad=True)
        loss = task.loss(prediction, find_target(task, images, targets))
        if loss.requires_grad and torch.autograd.grad(loss, prediction, allow_unused=True)[0] is not None:
            smooth.append(task)
    return tuple(smooth)
