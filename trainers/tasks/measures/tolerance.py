"""F1 of edges with a tolerance: an approximation of the odsF protocol, and named as one.

A predicted edge pixel is right if a true one lies within the tolerance, a true one is found if a predicted one does,
by distance in a square; the protocol matches pixels one to one, thins the prediction first and takes the best of 99
thresholds (SEISM). Numbers are close to neither its own nor each other's where edges are thick.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trainers.tasks.measures.measure import Measure
from trainers.tasks.metric import Metric, ratio

if TYPE_CHECKING:
    from torch import Tensor

DISTANCE = 0.0075
"""Of the image's diagonal, as odsF has it on PASCAL; at least one pixel."""


def measure_with_tolerance(invalid: int) -> tuple[Measure, ...]:
    """The one.

    Args:
        invalid: value of pixels that do not count.
    """

    def sums(prediction: Tensor, target: Tensor) -> Tensor:
        import torch  # torch: 1.5 s, configurations and data are checked without

        valid, truth = target != invalid, target == 1
        logit = prediction.double()
        guess = (logit > 0) & valid
        counts = torch.stack(
            [valid.sum(), guess.sum(), (guess & _around(truth)).sum(), truth.sum(), (truth & _around(guess)).sum()]
        ).double()
        return counts.masked_fill((logit.isnan() & valid).any(), torch.nan)

    return (Measure(Metric("f1_tolerant_approximate", "fraction", True), lambda usual, own: _f1(own), sums, 5),)


def _around(edges: Tensor) -> Tensor:
    """``(B, 1, H, W)`` pixels within the tolerance of an edge."""
    import torch.nn.functional as F  # torch: 1.5 s, configurations and data are checked without

    height, width = edges.shape[-2:]
    reach = max(1, round(DISTANCE * (height**2 + width**2) ** 0.5))
    return F.max_pool2d(edges.float(), 2 * reach + 1, stride=1, padding=reach) > 0


def _f1(counts: Tensor) -> float:
    """0 where nothing is right, if any pixel was valid."""
    valid, guessed, right, true, found = counts.tolist()
    nothing = 0.0 if valid else float("nan")
    precision, recall = ratio(right, guessed, of_nothing=nothing), ratio(found, true, of_nothing=nothing)
    return ratio(2 * precision * recall, precision + recall, of_nothing=nothing)
