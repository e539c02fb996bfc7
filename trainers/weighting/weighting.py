"""What a weighting of losses is: a component that begins a balance, and the balance that a training keeps.

The training loop asks the balance for its gradients; a network of one task has nothing to weigh, so that every
weighting trains it alike and searches under different ones share their single-task networks.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from trainers.tasks.task import Task

Report = Mapping[str, float]


@dataclass(frozen=True)
class Weighting(ABC):
    """A way to weigh the losses of tasks, auxiliary ones among them. Each loss comes times its task's weight."""

    def check(self, tasks: Sequence[str]) -> None:  # noqa: B027 - most have nothing to check
        """See that it can work for these tasks; without torch, before anything is trained.

        Raises:
            ConfigError: what is missing.
        """

    def check_names(self, known: Sequence[str]) -> None:  # noqa: B027 - most name no tasks
        """See that whatever it names are tasks, whether they train or not; without torch, as ``check``.

        Args:
            known: names of all tasks that the data have.

        Raises:
            ConfigError: names that are none.
        """

    @abstractmethod
    def begin(self, tasks: Sequence[Task], device: torch.device) -> Balance:
        """What one training keeps.

        Args:
            tasks: two or more, in the order of the weights.
            device: of the network.
        """


class Balance(ABC):
    """How the losses of one training are weighed, and all that this changes from epoch to epoch.

    Attributes:
        learned: parameters of its own, which the optimiser trains beside the network's.
        lr_ratio: their learning rate, as a multiple of the network's.
    """

    learned: Sequence[torch.nn.Parameter] = ()
    lr_ratio: float = 1.0

    def turn(self, reports: Sequence[Report]) -> None:  # noqa: B027 - most do not look back
        """Begin an epoch, knowing the values of all epochs before."""

    @abstractmethod
    def backward(
        self,
        losses: Mapping[str, Tensor],
        terms: Sequence[Tensor | float],
        parameters: Sequence[torch.nn.Parameter],
    ) -> None:
        """Leave the gradient of a step in the parameters, whose gradients are empty.

        Args:
            losses: by task, not weighed.
            terms: penalties, which belong to no task and are added as they are.
            parameters: of the network.
        """

    def used(self) -> dict[str, float]:
        """Mean weight of each task's loss over the epoch's steps, "<task>.weight"; empty where it never changes."""
        return {}

    def state_dict(self) -> dict[str, Any]:
        """What it needs to go on, in tensors and plain values."""
        return {}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:  # noqa: B027 - as above
        """Stand where it stood."""


class Weights:
    """Mean of the weights over the steps of an epoch, without a wait for the GPU.

    Args:
        names: of the tasks.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        self._sum: Tensor | None = None
        self._steps = 0

    def note(self, weights: Tensor) -> None:
        """Take the weights of a step, ``(tasks,)``."""
        weights = weights.detach()
        self._sum = weights.clone() if self._sum is None else self._sum + weights
        self._steps += 1

    def take(self) -> dict[str, float]:
        """The means since the last time, "<task>.weight"; empty where no step was noted."""
        if self._sum is None:
            return {}
        means = (self._sum / self._steps).tolist()
        self._sum, self._steps = None, 0
        return {f"{name}.weight": mean for name, mean in zip(self.names, means, strict=True)}
