"""Learned gates, one a task and channel: how they are drawn while training, and what they choose.

Bejnordi et al., "InterroGate" (2024), whose text was not at hand. From its abstract: gates do not depend on the input,
so the trained network is a static one. From public reviews, which quote equation numbers: equations 2 and 3 multiply
channel by channel, and the mixing weights of 3 are learned. Recalled and not checked against the paper: the right-hand
sides of both (`choose_hard`, `mix_soft`), that an open gate takes the task's own channel, that the threshold lies at 0,
and that the gradient goes straight through it (`threshold`). Our choice: one logit where gates start, that mixing
weights start even, and the estimators with noise, which are of Louizos et al. and Maddison et al. and not
InterroGate's.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn

TEMPERATURE = 2 / 3  # of both noisy estimators: Louizos et al. 2018
STRETCH = (-0.1, 1.1)  # of the hard-concrete distribution, theirs too


def threshold(alpha: Tensor) -> Tensor:
    """Open where the logit is not negative; the gradient is that of the sigmoid (straight through)."""
    soft = torch.sigmoid(alpha)
    return (alpha >= 0).to(alpha.dtype) + (soft - soft.detach())


def hard_concrete(alpha: Tensor) -> Tensor:
    """Stretched and clipped concrete noise (Louizos et al. 2018, "Learning sparse networks", equations 10 and 11)."""
    low, high = STRETCH
    return (_concrete(alpha) * (high - low) + low).clamp(0, 1)


def gumbel_sigmoid(alpha: Tensor) -> Tensor:
    """The binary concrete relaxation (Maddison et al. 2017), never quite open or closed."""
    return _concrete(alpha)


def _concrete(alpha: Tensor) -> Tensor:
    noise = torch.rand_like(alpha).clamp(1e-6, 1 - 1e-6)  # its logit is infinite at 0 and 1
    return torch.sigmoid((torch.logit(noise) + alpha) / TEMPERATURE)


ESTIMATORS: dict[str, Callable[[Tensor], Tensor]] = {
    "threshold": threshold,
    "hard_concrete": hard_concrete,
    "gumbel_sigmoid": gumbel_sigmoid,
}


class Gate(nn.Module):
    """The gates of one layer.

    Args:
        tasks: that choose.
        channels: chosen for, of an image or of a token.
        start: every logit in the beginning; not 0, which is the threshold.
        estimator: name in `ESTIMATORS` of how gates are drawn while training.
    """

    def __init__(self, tasks: int, channels: int, start: float, estimator: str) -> None:
        super().__init__()
        self.alpha = nn.Parameter(torch.full((tasks, channels), float(start)))
        self.estimator = estimator
        self.settled = False

    def forward(self) -> Tensor:
        """``(tasks, channels)``, 1 for the task's own channel, 0 for the shared one; hard when not training."""
        if not self.training or self.settled:
            return self.open.to(self.alpha.dtype)
        return ESTIMATORS[self.estimator](self.alpha)

    @property
    def open(self) -> Tensor:
        """``(tasks, channels)``, whether a hard gate takes the task's own channel."""
        return self.alpha.detach() >= 0

    @property
    def rates(self) -> Tensor:
        """``(tasks,)``, mean probability of an open gate: what the penalty looks at, with a gradient.

        For hard-concrete gates the probability of not being zero (equation 12 there).
        """
        shift = TEMPERATURE * math.log(-STRETCH[0] / STRETCH[1]) if self.estimator == "hard_concrete" else 0.0
        return torch.sigmoid(self.alpha - shift).mean(1)


def choose_hard(gate: Tensor, own: Tensor, shared: Tensor, dim: int) -> Tensor:
    """Equation 2, as recalled: a task's own channels where its gate is open, the shared ones elsewhere.

    Args:
        gate: ``(C,)``, from 0 to 1.
        own: what the task's branch makes, channels along ``dim``.
        shared: what the shared branch makes, of the same shape.
        dim: 1 for images, -1 for tokens.
    """
    return torch.lerp(shared, own, lay_along(gate, own, dim).expand_as(own))


def mix_soft(weights: Tensor, values: list[Tensor], dim: int) -> Tensor:
    """Equation 3, as recalled: what the shared branch reads next, a mean over the tasks with a weight a channel.

    Args:
        weights: ``(tasks, C)``, adding up to 1 over the tasks.
        values: one a task, channels along ``dim``.
        dim: 1 for images, -1 for tokens.
    """
    total = lay_along(weights[0], values[0], dim) * values[0]
    for weight, value in zip(weights[1:], values[1:], strict=True):
        total.addcmul_(lay_along(weight, value, dim), value)  # no pass needs the sum before
    return total


def lay_along(channels: Tensor, like: Tensor, dim: int) -> Tensor:
    """``(C,)`` shaped so that it broadcasts along a dimension of another tensor, in that one's precision."""
    shape = [1] * like.ndim
    shape[dim] = len(channels)
    return channels.to(like.dtype).view(shape)
