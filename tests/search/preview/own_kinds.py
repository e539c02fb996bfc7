"""Task kinds as users write them, in a package of their own; invalid values and colours are theirs alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor

from trainers.tasks import Metric, Task
from trainers.tasks.depth import Depth

SEA = -9999.0
"""Height of pixels that are no land."""


@dataclass(frozen=True)
class Heights(Task):
    """Metres above the sea, ``(N, 1, H, W)``: 0 is a height as any other, and so is a negative one."""

    kind: ClassVar[str] = "heights"
    headline: ClassVar[str] = "abs_err_m"

    @property
    def table(self) -> tuple[Metric, ...]:
        return (Metric("abs_err_m", "m", False),)

    @property
    def channels(self) -> int:
        return 1

    def decode(self, array: np.ndarray, where: str) -> np.ndarray:
        return np.ascontiguousarray(array[:, None] if self.dense else array, np.float32)

    def loss(self, prediction: Tensor, target: Tensor) -> Tensor:
        return ((prediction - target).abs() * (target != SEA)).mean()

    def statistics(self, prediction: Tensor, target: Tensor) -> Tensor:
        return torch.stack([(target != SEA).sum(), ((prediction - target).abs() * (target != SEA)).sum()]).double()

    def metrics(self, statistics: Tensor) -> dict[str, float]:
        return {"abs_err_m": float(statistics[1] / statistics[0])}

    def trivial(self, target: Tensor) -> Tensor:
        return target[target != SEA].median().view(1, 1, 1, 1)

    def find_invalid(self, targets: np.ndarray) -> np.ndarray:
        return targets[:, 0] == SEA

    def find_range(self, targets: np.ndarray) -> tuple[float, float]:
        return -100.0, 100.0  # the same in every picture


@dataclass(frozen=True)
class Zones(Heights):
    """Heights, shown as lowland and mountains."""

    kind: ClassVar[str] = "zones"

    def depict(self, targets: np.ndarray) -> np.ndarray:
        return np.where(targets[:, 0, ..., None] > 0, [1.0, 0.5, 0.0], [0.0, 1.0, 0.0])


@dataclass(frozen=True)
class Summit(Heights):
    """The height of the whole image."""

    kind: ClassVar[str] = "summit"
    dense: ClassVar[bool] = False

    def find_invalid(self, targets: np.ndarray) -> np.ndarray:
        return targets == SEA

    def describe(self, target: np.ndarray) -> str:
        return f"{target.item():g} m high"


@dataclass(frozen=True)
class Range(Depth):
    """Depth by another name."""

    kind: ClassVar[str] = "range"
