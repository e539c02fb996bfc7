"""Further measures of depth, each over all valid pixels of the split unless its name says otherwise.

``rel_per_image`` and ``abs_err_m_per_image`` are MTAN's means over batches for batches of one image; for larger ones
its numbers change with the size of the batch, so that they cannot be had from sums.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from trainers.tasks.measures.measure import Measure, mean

if TYPE_CHECKING:
    from torch import Tensor

NEAREST = 1e-3
"""Predictions below it, in metres, count as it in logarithms, which negative ones do not have: our choice."""


def measure_depth(near: float) -> tuple[Measure, ...]:
    """All of them.

    Args:
        near: factor within which a prediction is near the truth.
    """
    return (
        mean("sq_rel", "m", _pixels(lambda guess, truth: (guess - truth).square() / truth), higher=False),
        mean("rmse_log", "log m", _pixels(_log_error), higher=False, power=0.5),
        mean(f"within_{near:g}_squared", "fraction", _pixels(_within(near**2)), higher=True),
        mean(f"within_{near:g}_cubed", "fraction", _pixels(_within(near**3)), higher=True),
        mean("abs_err_m_per_image", "m", _images(lambda guess, truth: (guess - truth).abs()), higher=False),
        mean("rel_per_image", "fraction", _images(lambda guess, truth: (guess - truth).abs() / truth), higher=False),
    )


def _log_error(guess: Tensor, truth: Tensor) -> Tensor:
    return (guess.clamp(min=NEAREST).log() - truth.log()).square()


def _within(factor: float) -> Callable[[Tensor, Tensor], Tensor]:
    def near(guess: Tensor, truth: Tensor) -> Tensor:
        # Multiplied by what is 0 of a number and NaN of none, for a comparison with NaN is a plain "no".
        return ((guess < factor * truth) & (guess * factor > truth)).double() + 0 * guess

    return near


def _masked(error: Callable[[Tensor, Tensor], Tensor], prediction: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    """Error of each pixel, 0 where not valid, and which are."""
    import torch  # torch: 1.5 s, configurations and data are checked without

    valid = target > 0
    truth = torch.where(valid, target, 1).double()
    guess = torch.where(valid, prediction, 1).double()
    return torch.where(valid, error(guess, truth), 0), valid


def _pixels(error: Callable[[Tensor, Tensor], Tensor]) -> Callable[[Tensor, Tensor], Tensor]:
    """Sum over valid pixels, and their number."""

    def sums(prediction: Tensor, target: Tensor) -> Tensor:
        import torch  # torch: 1.5 s, configurations and data are checked without

        errors, valid = _masked(error, prediction, target)
        return torch.stack([errors.sum(), valid.sum().double()])

    return sums


def _images(error: Callable[[Tensor, Tensor], Tensor]) -> Callable[[Tensor, Tensor], Tensor]:
    """Sum over images of the mean over an image's valid pixels, and the number of images that have some."""

    def sums(prediction: Tensor, target: Tensor) -> Tensor:
        import torch  # torch: 1.5 s, configurations and data are checked without

        errors, valid = _masked(error, prediction, target)
        count = valid.flatten(1).sum(1)  # (B,)
        means = errors.flatten(1).sum(1) / count.clamp(min=1)
        return torch.stack([means.sum(), (count > 0).sum().double()])

    return sums
