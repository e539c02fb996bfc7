"""Equal weighting, the default: the plain sum of the losses, each times its task's weight."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trainers.weighting.weighting import Balance, Weighting

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from trainers.tasks.task import Task


@dataclass(frozen=True)
class Equal(Weighting):
    """Losses are added, each times the weight that its task has in the data set, 1 as a rule."""

    def begin(self, tasks: Sequence[Task], device: torch.device) -> Balance:
        """Nothing is kept."""
        return Constant({task.name: task.weight for task in tasks})


class Constant(Balance):
    """Factors that never change.

    Args:
        factors: by task.
    """

    def __init__(self, factors: Mapping[str, float]) -> None:
        self.factors = factors

    def backward(
        self,
        losses: Mapping[str, Tensor],
        terms: Sequence[Tensor | float],
        parameters: Sequence[torch.nn.Parameter],
    ) -> None:
        """Gradient of the sum of factors times losses."""
        descend(tuple(self.factors[name] * loss for name, loss in losses.items()), terms)


def descend(weighted: Sequence[Tensor], terms: Sequence[Tensor | float]) -> None:
    """Gradient of a sum, taken in the order given."""
    total = weighted[0].new_zeros(())
    for each in (*weighted, *terms):
        total = total + each
    total.backward()
