"""Further measures of normals, over all valid pixels of the split."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from trainers.tasks.measures.measure import Measure, mean
from trainers.tasks.metric import Metric

if TYPE_CHECKING:
    from torch import Tensor

BINS = 18000
"""Of the histogram behind the median, 0.01 degrees each: the median is right to 0.005 degrees."""


def measure_normals(angles: Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]) -> tuple[Measure, ...]:
    """All of them.

    Args:
        angles: of prediction and unit vectors ``(B, 3, H, W)``: degrees ``(B, H, W)``, 0 where not valid, and
            which are valid.
    """

    def squared(prediction: Tensor, target: Tensor) -> Tensor:
        angle, valid = angles(prediction, target)
        return _sums(angle.square(), valid)

    def compressed(prediction: Tensor, target: Tensor) -> Tensor:
        """Between vectors of raw pixel values, 127.5 (n + 1), whose components are all positive."""
        import torch  # torch: 1.5 s, configurations and data are checked without
        import torch.nn.functional as F

        valid = target.any(1)
        angle, _ = angles(F.normalize(prediction.double()) + 1, F.normalize(target.double() + 1))
        return _sums(torch.where(valid, angle, 0), valid)

    def histogram(prediction: Tensor, target: Tensor) -> Tensor:
        import torch  # torch: 1.5 s, configurations and data are checked without

        angle, valid = angles(prediction, target)
        broken = angle.isnan().any()
        place = (angle.nan_to_num() * (BINS / 180)).long().clamp(max=BINS - 1)
        # What is not valid goes to one bin more, which is dropped.
        counts = torch.bincount(torch.where(valid, place, BINS).flatten(), minlength=BINS + 1)[:-1].double()
        return counts.masked_fill(broken, torch.nan)

    return (
        Measure(Metric("median_deg", "deg", False), lambda usual, own: _median(own), histogram, BINS),
        mean("rmse_deg", "deg", squared, higher=False, power=0.5),
        # AdaShare, AutoMTL and TreeMTL on NYUv2 take angles between raw values: far smaller, and a constant scores
        # well. Only for a comparison with their tables; without the rounding of their files to 8 bits.
        mean("adashare_compressed_deg", "deg", compressed, higher=False),
    )


def _sums(values: Tensor, valid: Tensor) -> Tensor:
    import torch  # torch: 1.5 s, configurations and data are checked without

    return torch.stack([values.sum(), valid.sum().double()])


def _median(counts: Tensor) -> float:
    """Mean of the two middle values, each taken for the centre of its bin."""
    total = counts.sum().item()
    if not total > 0:
        return float("nan")
    below = counts.cumsum(0)
    # Index from 0 of the lower and the upper middle value, the same of an odd number.
    middle = [int((below <= (total - 1) // 2).sum()), int((below <= total // 2).sum())]
    return sum((place + 0.5) * 180 / BINS for place in middle) / 2
