"""Losses small enough to see through, and weightings that may not be installed."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
import torch

from spaces.errors import ConfigError
from trainers.tasks.depth import Depth
from trainers.weighting.gradients import Gradients
from trainers.weighting.weighting import Weighting

CPU = torch.device("cpu")
TASKS = (Depth("a"), Depth("b", weight=3.0), Depth("c"))
NAMES = [task.name for task in TASKS]


@dataclass
class Toy:
    """Losses (a_t . shared - 1)^2 + private_t^2, of three shared numbers and one private number a task."""

    shared: torch.nn.Parameter
    private: list[torch.nn.Parameter]

    @property
    def parameters(self) -> list[torch.nn.Parameter]:
        return [self.shared, *self.private]

    def losses(self) -> dict[str, torch.Tensor]:
        directions = torch.tensor([[1.0, 0.2, 0.1], [-1.0, 0.5, 0.3], [0.1, -1.0, 0.2]])  # conflicting
        residuals = directions @ self.shared - 1
        return {name: residuals[i].square() + self.private[i].square() for i, name in enumerate(NAMES)}

    def gradient(self, name: str) -> torch.Tensor:
        return torch.autograd.grad(self.losses()[name], self.shared)[0]


def make_toy() -> Toy:
    return Toy(
        torch.nn.Parameter(torch.tensor([0.3, -0.2, 0.1])),
        [torch.nn.Parameter(torch.tensor(0.5 + i)) for i in range(3)],
    )


def make_gradients(name: str) -> Weighting:
    weighting = Gradients(name)
    try:
        weighting.check(NAMES)
    except ConfigError as error:
        pytest.skip(str(error))
    return weighting
