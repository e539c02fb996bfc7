"""Further measures of segmentation: mean IoU and pixel accuracy in the conventions of published code.

They differ in what is averaged and in what counts for a class that occurs nowhere:

- ``miou_all``: it counts as 0 (the multi-task PyTorch code of Vandenhende et al., and InvPT).
- ``miou_hits``: every class without a single hit is left out (AdaShare, AutoMTL), which flatters networks that miss
  rare classes altogether.
- ``miou_nan``: the mean is not defined, as of 0/0 (LibMTL, MTAN since November 2020). It is NaN then, and a training
  with an undefined metric fails with that reason; it is never taken for a number.
- ``miou_per_image``: of each image over the classes that it or its prediction has, then over images (MTAN before).
- ``pixel_accuracy_per_image``: likewise. AdaShare's mean over batches is not offered, for it changes with their size.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trainers.tasks.measures.measure import Measure, mean
from trainers.tasks.metric import Metric

if TYPE_CHECKING:
    from torch import Tensor


def measure_overlap(classes: int, invalid: int) -> tuple[Measure, ...]:
    """All of them.

    Args:
        classes: how many.
        invalid: id of pixels that do not count.
    """

    def per_image(prediction: Tensor, target: Tensor) -> Tensor:
        return _images(prediction, target, classes, invalid)

    def miou(prediction: Tensor, target: Tensor) -> Tensor:
        hits, union = _overlap(per_image(prediction, target))  # (B, classes)
        present = union != 0
        ious = (hits / union.masked_fill(~present, 1)).sum(1) / present.sum(1).clamp(min=1)
        return _over_images(ious, present.any(1))

    def accuracy(prediction: Tensor, target: Tensor) -> Tensor:
        confusion = per_image(prediction, target)
        count = confusion.sum((1, 2))
        hits = confusion.diagonal(dim1=1, dim2=2).sum(1)
        return _over_images(hits / count.masked_fill(count == 0, 1), count != 0)

    return (
        Measure(Metric("miou_all", "fraction", True), lambda usual, own: _all(usual)),
        Measure(Metric("miou_hits", "fraction", True), lambda usual, own: _hit(usual)),
        Measure(Metric("miou_nan", "fraction", True), lambda usual, own: _whole(usual).mean().item()),
        mean("miou_per_image", "fraction", miou, higher=True),
        mean("pixel_accuracy_per_image", "fraction", accuracy, higher=True),
    )


def _overlap(confusion: Tensor) -> tuple[Tensor, Tensor]:
    """Hits and unions by class of ``(..., true, predicted)``."""
    hits = confusion.diagonal(dim1=-2, dim2=-1)
    return hits, confusion.sum(-1) + confusion.sum(-2) - hits


def _whole(confusion: Tensor) -> Tensor:
    """IoU by class, NaN for one that occurs nowhere."""
    hits, union = _overlap(confusion)
    return hits / union


def _all(confusion: Tensor) -> float:
    """Mean IoU with 0 for classes that occur nowhere; NaN where nothing is valid or a prediction was NaN."""
    _, union = _overlap(confusion)
    return _whole(confusion).masked_fill(union == 0, 0).mean().item() if confusion.any() else float("nan")


def _hit(confusion: Tensor) -> float:
    """Mean IoU of the classes with a hit; 0 where there is none, NaN where nothing is valid."""
    hits, union = _overlap(confusion)
    if not confusion.any():
        return float("nan")
    kept = hits != 0  # NaN is kept
    return (hits[kept] / union[kept]).mean().item() if kept.any() else 0.0


def _images(prediction: Tensor, target: Tensor, classes: int, invalid: int) -> Tensor:
    """Confusion matrix of each image, ``(B, true, predicted)``; NaN where a valid pixel's prediction is."""
    import torch  # torch: 1.5 s, configurations and data are checked without

    valid = target != invalid
    best, guess = prediction.max(1)  # (B, H, W)
    size = classes * classes + 1  # the last cell takes what is not valid
    cell = torch.where(valid, target.long() * classes + guess, size - 1).flatten(1)  # (B, H W)
    offset = size * torch.arange(len(cell), device=cell.device)[:, None]
    counts = torch.bincount((cell + offset).flatten(), minlength=size * len(cell)).view(-1, size)
    confusion = counts[:, :-1].reshape(-1, classes, classes).double()
    return confusion.masked_fill((best.isnan() & valid).flatten(1).any(1)[:, None, None], torch.nan)


def _over_images(values: Tensor, counted: Tensor) -> Tensor:
    """Sum and number of those that count."""
    import torch  # torch: 1.5 s, configurations and data are checked without

    return torch.stack([torch.where(counted, values, 0).sum(), counted.sum().double()])
