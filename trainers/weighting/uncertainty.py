"""Uncertainty weighting: every task's variance is learned with the network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from spaces.fields import Fields
from trainers.weighting.equal import descend
from trainers.weighting.weighting import Balance, Weighting, Weights

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from trainers.tasks.task import Task


@dataclass(frozen=True)
class Uncertainty(Weighting):
    """Kendall, Gal and Cipolla (CVPR 2018), equation 7 with s = log of the variance: sum of (exp(-s) loss + s) / 2.

    One form for all kinds of tasks: the factor 2 that equation 10 has before the loss of a task with classes moves the
    s at which it comes to rest by log 2, and leaves the weighted loss there, 1/2, as it is. s begins at 0 and has no
    weight decay.

    Args:
        lr_ratio: learning rate of s, as a multiple of the network's; 1 as published, where trainings are long. More
            by default (our choice), for AdamW moves s by no more than the learning rate a step.

    Raises:
        ConfigError: with the field out of range.
    """

    lr_ratio: float = 10.0
    group: ClassVar[str] = "trainer.weighting"

    def __post_init__(self) -> None:
        fields = Fields(self)
        fields.number("lr_ratio", above=0)
        fields.done()

    def begin(self, tasks: Sequence[Task], device: torch.device) -> Balance:
        """A log-variance a task."""
        return LogVariances(tasks, device, self.lr_ratio)


class LogVariances(Balance):
    """One learned s a task.

    Args:
        tasks: in the order of s.
        device: of the losses.
        lr_ratio: as for Uncertainty.
    """

    def __init__(self, tasks: Sequence[Task], device: torch.device, lr_ratio: float) -> None:
        import torch  # torch: 1.5 s, configurations and data are checked without

        self.s = torch.nn.Parameter(torch.zeros(len(tasks), device=device))
        self.learned, self.lr_ratio = (self.s,), lr_ratio
        self._factors = torch.tensor([task.weight for task in tasks], device=device)
        self._weights = Weights([task.name for task in tasks])

    def backward(
        self,
        losses: Mapping[str, Tensor],
        terms: Sequence[Tensor | float],
        parameters: Sequence[torch.nn.Parameter],
    ) -> None:
        """Gradient of equation 7 for network and log-variances."""
        import torch  # torch: 1.5 s, configurations and data are checked without

        weights = 0.5 * torch.exp(-self.s) * self._factors  # (tasks,)
        self._weights.note(weights)
        stacked = torch.stack([losses[name] for name in self._weights.names])
        descend(((weights * stacked).sum(), 0.5 * self.s.sum()), terms)

    def used(self) -> dict[str, float]:
        """Of the losses, exp(-s) / 2 times the tasks' own."""
        return self._weights.take()

    def state_dict(self) -> dict[str, Any]:
        """The log-variances."""
        return {"s": self.s.detach().clone()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take up the log-variances."""
        self.s.data.copy_(state["s"])
