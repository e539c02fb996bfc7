"""Dynamic weight average: losses that fall slowly weigh more."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from spaces.fields import Fields
from trainers.weighting.equal import Constant
from trainers.weighting.weighting import Balance, Report, Weighting

if TYPE_CHECKING:
    import torch

    from trainers.tasks.task import Task


@dataclass(frozen=True)
class Dwa(Weighting):
    """Liu, Johns and Davison (CVPR 2019), equation 7: softmax of losses' rates of change, times the tasks' number.

    The rate is the mean loss of the last epoch over that of the one before; the first two epochs weigh alike.

    Args:
        temperature: of the softmax; the larger, the more alike the weights.

    Raises:
        ConfigError: with the field out of range.
    """

    temperature: float = 2.0
    group: ClassVar[str] = "trainer.weighting"

    def __post_init__(self) -> None:
        fields = Fields(self)
        fields.number("temperature", above=0)
        fields.done()

    def begin(self, tasks: Sequence[Task], device: torch.device) -> Balance:
        """All it knows are the losses of the epochs before, which the training keeps."""
        return LossRates(tasks, self.temperature)


def weights(last: Sequence[float], before: Sequence[float], temperature: float) -> list[float]:
    """Weights that sum to the number of tasks.

    Args:
        last: mean loss of each task in the last epoch.
        before: the same of the epoch before it; where it is 0, the rate counts as 1.
        temperature: of the softmax.
    """
    rates = [new / old if old else 1.0 for new, old in zip(last, before, strict=True)]
    # Less the largest, which changes nothing but keeps exp() finite.
    powers = [math.exp((rate - max(rates)) / temperature) for rate in rates]
    return [len(powers) * power / sum(powers) for power in powers]


class LossRates(Constant):
    """Factors that change with every epoch.

    Args:
        tasks: that are weighed.
        temperature: of the softmax.
    """

    def __init__(self, tasks: Sequence[Task], temperature: float) -> None:
        super().__init__({task.name: task.weight for task in tasks})
        self._own, self._temperature = dict(self.factors), temperature

    def turn(self, reports: Sequence[Report]) -> None:
        """Weigh by the two epochs before."""
        if len(reports) < 2:
            return
        last, before = ([report[f"{name}.loss"] for name in self._own] for report in (reports[-1], reports[-2]))
        new = weights(last, before, self._temperature)
        self.factors = {name: own * each for (name, own), each in zip(self._own.items(), new, strict=True)}

    def used(self) -> dict[str, float]:
        """The epoch's factors."""
        return {f"{name}.weight": factor for name, factor in self.factors.items()}
