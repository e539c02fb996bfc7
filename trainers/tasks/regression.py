"""Regression of any number of channels, in a unit of the user's own.

Canonical targets: ``(N, C, H, W)`` float32, NaN where invalid, channel by channel. Predictions: the values.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from spaces.fields import Fields
from trainers.tasks.decoding import layers, refuse
from trainers.tasks.markers import remark_markers
from trainers.tasks.metric import Metric, ratio
from trainers.tasks.task import Task
from trainers.tasks.valid_values import check_invalid, find_extent, marked

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class Regression(Task):
    """L1 over valid values; errors are exact means over the split's valid values.

    Values are read as ``raw * scale + offset``; choose both so that they are of the order of 1, for the loss
    is in the resulting unit. A flip mirrors the map and a zoom enlarges it; neither changes values, so
    directions and sizes measured in pixels want a kind of their own.

    Args:
        channels: values a pixel.
        unit: of the values after scaling, for tables and plots.
        scale: factor on the array's values.
        offset: added after scaling.
        invalid: values of the array that mark missing ones; NaN always does.
    """

    channels: int = 1
    unit: str = ""
    scale: float = 1.0
    offset: float = 0.0
    invalid: tuple[float, ...] = ()

    kind: ClassVar[str] = "regression"
    headline: ClassVar[str] = "abs_err"

    def _check(self, fields: Fields) -> None:
        fields.integer("channels", low=1)
        fields.text("unit", empty=True)
        fields.number("scale")
        fields.require(self.scale != 0, f"{self.group}.scale=0: want a number other than 0")
        fields.number("offset")
        self._set("invalid", check_invalid(fields, self.group, self.invalid))

    @property
    def answer_unit(self) -> str:
        """That of the values after scaling."""
        return self.unit

    @property
    def table(self) -> tuple[Metric, ...]:
        """Absolute and squared error, in the task's unit."""
        return (Metric("abs_err", self.unit, False), Metric("rmse", self.unit, False))

    def decode(self, array: np.ndarray, where: str) -> np.ndarray:
        """``(N, H, W)``, ``(N, H, W, C)`` or ``(N, C, H, W)`` raw values -> ``(N, C, H, W)`` float32."""
        raw = layers(array, where, self.channels)
        invalid = marked(raw, self.invalid)
        low, high = find_extent(raw, invalid, array, where, self.invalid)
        largest = max(abs(low), abs(high)) * abs(self.scale) + abs(self.offset)
        if largest > float(np.finfo(np.float32).max):
            refuse(array, where, f"values up to {largest:g} do not fit float32", "choose a smaller scale")
        values = np.where(invalid, 0, raw) * np.float64(self.scale) + self.offset
        return np.where(invalid, np.nan, values).astype(np.float32, order="C")

    def remark(self, arrays: Sequence[np.ndarray]) -> list[str]:
        """Whether a value far from all others looks as if it marked what is missing."""
        return remark_markers(self.name, arrays, self.invalid, self.scale, self.offset, self.unit)

    def loss(self, prediction: Tensor, target: Tensor) -> Tensor:
        """Mean absolute error, in the task's unit."""
        valid = ~target.isnan()
        # The NaN must go before the subtraction: NaN times a mask of 0 is NaN, in value and in gradient.
        return ((prediction.float() - target.nan_to_num()).abs() * valid).sum() / valid.sum().clamp(min=1)

    def statistics(self, prediction: Tensor, target: Tensor) -> Tensor:
        """Sums ``(3,)``: valid values, absolute and squared error."""
        import torch  # torch: 1.5 s, configurations and data are checked without

        valid = ~target.isnan()
        error = torch.where(valid, prediction.double() - target, 0).abs()
        return torch.stack([valid.sum(), error.sum(), error.square().sum()])

    def metrics(self, statistics: Tensor) -> dict[str, float]:
        """Means over the valid values."""
        count, absolute, squared = statistics.tolist()
        return {"abs_err": ratio(absolute, count), "rmse": ratio(squared, count) ** 0.5}

    def trivial(self, target: Tensor) -> Tensor:
        """Median of each channel, the minimiser of the absolute error."""
        import torch  # torch: 1.5 s, configurations and data are checked without

        medians = [target[:, channel].nanmedian() for channel in range(self.channels)]
        return torch.stack(medians).view(1, -1, 1, 1)
