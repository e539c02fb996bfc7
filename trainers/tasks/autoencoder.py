"""Autoencoder: the image itself, as an auxiliary task.

Canonical targets: the (augmented) image batch, ``(B, 3, H, W)`` float in [0, 1]; no array is stored.
Predictions: the same values.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from trainers.tasks.decoding import layers, refuse
from trainers.tasks.metric import Metric, ratio
from trainers.tasks.task import AUXILIARY, Task
from trainers.tasks.views import Box, enlarge_image, values_last

if TYPE_CHECKING:
    from torch import Tensor

SMALLEST = 1e-10
"""Mean squared error below which the signal-to-noise ratio stops growing, at 100 dB, to stay finite."""


@dataclass(frozen=True)
class Autoencoder(Task):
    """Mean squared error to the image, values in [0, 1].

    Args:
        role: auxiliary by default.
    """

    role: str = field(default=AUXILIARY, kw_only=True)

    kind: ClassVar[str] = "autoencoder"
    headline: ClassVar[str] = "rmse"
    target_from_image: ClassVar[bool] = True

    @property
    def table(self) -> tuple[Metric, ...]:
        """Error in units of the value range, and the signal-to-noise ratio of the whole split."""
        return (Metric("rmse", "fraction", False), Metric("psnr_db", "dB", True))

    @property
    def channels(self) -> int:
        """Red, green, blue."""
        return 3

    def decode(self, array: np.ndarray, where: str) -> np.ndarray:
        """``(N, H, W, 3)`` or ``(N, 3, H, W)`` uint8 images -> ``(N, 3, H, W)`` float32 in [0, 1]."""
        raw = layers(array, where, 3)
        if raw.dtype != np.uint8:
            refuse(array, where, "wrong dtype", "want uint8 images; this task needs no array but the image")
        return np.ascontiguousarray(raw).astype(np.float32) / np.float32(255)

    def loss(self, prediction: Tensor, target: Tensor) -> Tensor:
        """Mean squared error."""
        return (prediction.float() - target).square().mean()

    def statistics(self, prediction: Tensor, target: Tensor) -> Tensor:
        """Sums ``(2,)``: values, squared error."""
        import torch  # torch: 1.5 s, configurations and data are checked without

        error = prediction.double() - target
        return torch.stack([error.new_tensor(error.numel()), error.square().sum()])

    def metrics(self, statistics: Tensor) -> dict[str, float]:
        """Root mean squared error, and 10 log10(1 / mean squared error)."""
        count, squared = statistics.tolist()
        mean = ratio(squared, count)
        # max() with the NaN first keeps it.
        return {"rmse": mean**0.5, "psnr_db": -10 * math.log10(max(mean, SMALLEST))}

    def answer(self, prediction: Tensor) -> Tensor:
        """Images ``(B, H, W, 3)`` in [0, 1]; what lies beyond is cut off."""
        return values_last(prediction.float().clamp(0, 1))

    def zoom(self, target: Tensor, scale: float, box: Box) -> Tensor:
        """Bilinear, as the image."""
        return enlarge_image(target, box)

    def trivial(self, target: Tensor) -> Tensor:
        """Mean colour, the minimiser of the squared error."""
        return target.mean((0, 2, 3)).view(1, 3, 1, 1)
