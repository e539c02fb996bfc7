"""How right a prediction still is, place by place, by which CosPGD weighs its steps.

Agnihotri, Jung, Keuper, "CosPGD: an efficient white-box adversarial attack for pixel-wise prediction tasks" (ICML
2024): each pixel's loss is scaled by the cosine between prediction and target, both as distributions, so that steps do
not go where the prediction is wrong already. Softmax and one-hot for classes are theirs, and so is softmax of both for
several values a pixel; that two states are a distribution of two, and single values after a sigmoid, is our choice. So
is that these are first scaled by mean and spread of the truth over its image: the sigmoid of metres is near 1 for most
depths, right or wrong, and weighing by it changes almost nothing.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from trainers.tasks.attributes import Attributes
from trainers.tasks.classification import Classification
from trainers.tasks.depth import Depth
from trainers.tasks.edges import Edges
from trainers.tasks.segmentation import Segmentation
from trainers.tasks.task import Task


def measure_alignment(task: Task, prediction: Tensor, target: Tensor) -> Tensor:
    """Cosine in [0, 1] of prediction and target.

    Args:
        task: whose they are.
        prediction: ``(B, C, ...)``.
        target: in the task's canonical form.

    Returns:
        ``(B, 1, ...)``; one a label, ``(B, C)``, of attributes.
    """
    guess = prediction.detach().float()
    if isinstance(task, (Segmentation, Classification)):
        ids = F.one_hot(target.long().clamp(min=0), guess.shape[1]).movedim(-1, 1)  # (B, classes, ...)
        return _compare(guess.softmax(1), ids.float())
    if isinstance(task, (Edges, Attributes)):
        return _compare_states(guess.sigmoid(), (target == 1).float())
    truth = target.float()
    if guess.shape[1] == 1:
        valid = truth > 0 if isinstance(task, Depth) else ~truth.isnan()
        middle, spread = _measure_spread(truth.nan_to_num(), valid)
        return _compare_states(*(((each.nan_to_num() - middle) / spread).sigmoid() for each in (guess, truth)))
    return _compare(guess.softmax(1), truth.nan_to_num().softmax(1))


def _measure_spread(truth: Tensor, valid: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and standard deviation over the valid places of each image, ``(B, 1, ...)``; the latter above 0."""
    places = tuple(range(1, truth.dim()))
    count = valid.sum(places, keepdim=True).clamp(min=1)
    middle = (truth * valid).sum(places, keepdim=True) / count
    variance = ((truth - middle).square() * valid).sum(places, keepdim=True) / count
    return middle, variance.sqrt().clamp(min=1e-6)


def _compare(guess: Tensor, truth: Tensor) -> Tensor:
    return F.cosine_similarity(guess, truth, dim=1).unsqueeze(1)


def _compare_states(guess: Tensor, truth: Tensor) -> Tensor:
    """Of chances of the first of two states."""
    return F.cosine_similarity(torch.stack([guess, 1 - guess]), torch.stack([truth, 1 - truth]), dim=0)
