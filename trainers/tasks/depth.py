"""Depth: distance along the optical axis, in metres.

Canonical targets: ``(N, 1, H, W)`` float32 metres, 0 where invalid. Predictions: metres, the raw head output.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from spaces.fields import Fields
from trainers.tasks.decoding import one_layer, refuse
from trainers.tasks.looks import join_layers
from trainers.tasks.markers import remark_markers
from trainers.tasks.measures.depth import measure_depth
from trainers.tasks.measures.measure import Measure, Measured
from trainers.tasks.metric import Metric, ratio
from trainers.tasks.valid_values import check_invalid, find_extent, marked
from trainers.tasks.views import Box, enlarge

if TYPE_CHECKING:
    from torch import Tensor

NEAR = 1.25
"""A prediction is near where it is within this factor of the truth, either way (Eigen et al. 2014)."""


@dataclass(frozen=True)
class Depth(Measured):
    """L1 over valid pixels [m]; all metrics are exact means over the split's valid pixels.

    Args:
        scale: metres per unit of the array; 0.001 for millimetres.
        invalid: values of the array that mark missing depth; 0 and NaN always do.
        max_m: larger depths are refused, for they mean a wrong scale or an unnamed invalid value [m].
    """

    scale: float = 1.0
    invalid: tuple[float, ...] = (0,)
    max_m: float = 100.0

    kind: ClassVar[str] = "depth"
    headline: ClassVar[str] = "abs_err_m"

    def _check(self, fields: Fields) -> None:
        fields.number("scale", above=0)
        fields.number("max_m", above=0)
        self._set("invalid", check_invalid(fields, self.group, self.invalid))

    @property
    def usual(self) -> tuple[Metric, ...]:
        """Absolute, squared and relative error, and the share of pixels within a factor of 1.25."""
        return (
            Metric("abs_err_m", "m", False),
            Metric("rmse_m", "m", False),
            Metric("rel", "fraction", False),
            Metric("within_1.25", "fraction", True),
        )

    @property
    def further(self) -> tuple[Measure, ...]:
        """Those of the literature."""
        return measure_depth(NEAR)

    @property
    def answer_unit(self) -> str:
        """Metres."""
        return "m"

    @property
    def channels(self) -> int:
        """One: metres."""
        return 1

    def decode(self, array: np.ndarray, where: str) -> np.ndarray:
        """``(N, H, W)`` raw depths -> ``(N, 1, H, W)`` float32 metres."""
        raw = one_layer(array, where)
        invalid = marked(raw, (*self.invalid, 0))
        low, high = find_extent(raw, invalid, array, where, (*self.invalid, 0))
        if low < 0:
            mend = f"add the values that mark missing depth to invalid, e.g. invalid: {[*self.invalid, low]}"
            refuse(array, where, f"negative depth {low:g}", mend)
        if high * self.scale > self.max_m:
            self._refuse_far(array, where, high)
        with np.errstate(over="ignore"):  # of invalid values, which are replaced
            metres = raw.astype(np.float32)
        np.copyto(metres, 0, where=invalid)
        metres *= np.float32(self.scale)
        return metres[:, None]

    def remark(self, arrays: Sequence[np.ndarray]) -> list[str]:
        """Whether a value far from all others looks as if it marked what is missing."""
        return remark_markers(self.name, arrays, (*self.invalid, 0), self.scale, 0, "m")

    def _refuse_far(self, array: np.ndarray, where: str, high: float) -> None:
        millimetres = "say scale: 0.001 if the array is in millimetres, "
        mend = millimetres if self.scale == 1 and high * 0.001 <= self.max_m else "mend scale (metres per unit), "
        given = f"depth up to {high * self.scale:g} m at scale: {self.scale:g}"
        refuse(
            array,
            where,
            f"{given}, at most max_m = {self.max_m:g} m allowed",
            mend + f"add {high:g} to invalid if it marks missing depth, or raise max_m",
        )

    def loss(self, prediction: Tensor, target: Tensor) -> Tensor:
        """Mean absolute error [m]."""
        valid = target > 0
        return ((prediction.float() - target).abs() * valid).sum() / valid.sum().clamp(min=1)

    def usual_statistics(self, prediction: Tensor, target: Tensor) -> Tensor:
        """Sums ``(5,)``: valid pixels, absolute, squared, relative error, pixels within a factor of 1.25."""
        import torch  # torch: 1.5 s, configurations and data are checked without

        valid = target > 0
        truth = torch.where(valid, target, 1).double()
        guess = prediction.double()
        error = torch.where(valid, guess - truth, 0).abs()
        # Not max(p/g, g/p) < 1.25, which is true of every negative prediction.
        near = valid & (guess < NEAR * truth) & (guess * NEAR > truth)
        relative = error / truth
        return torch.stack([valid.sum(), error.sum(), error.square().sum(), relative.sum(), near.sum()])

    def usual_metrics(self, statistics: Tensor) -> dict[str, float]:
        """Means over the valid pixels."""
        count, absolute, squared, relative, near = statistics.tolist()
        return {
            "abs_err_m": ratio(absolute, count),
            "rmse_m": ratio(squared, count) ** 0.5,
            "rel": ratio(relative, count),
            "within_1.25": ratio(near, count),
        }

    def zoom(self, target: Tensor, scale: float, box: Box) -> Tensor:
        """Objects that appear ``scale`` times larger are that much nearer."""
        return enlarge(target, box) / scale

    def find_invalid(self, targets: np.ndarray) -> np.ndarray:
        """Where it is 0."""
        return join_layers(targets == 0)

    def trivial(self, target: Tensor) -> Tensor:
        """Median depth, the minimiser of the absolute error."""
        return target[target > 0].median().view(1, 1, 1, 1)
