"""Saliency: one binary map, with the measures of salient objects.

Canonical targets and predictions as those of edges: ``(N, 1, H, W)`` int8, 1 salient, 0 not, -1 invalid; one logit.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from trainers.tasks.edges import INVALID, Edges
from trainers.tasks.measures.measure import Measure
from trainers.tasks.metric import Metric, ratio
from trainers.tasks.task import MAIN

if TYPE_CHECKING:
    from torch import Tensor

THRESHOLDS = tuple(0.2 + 0.05 * step for step in range(15))
"""Of the probability, 0.2 to 0.9 (Maninis et al. 2019, and the multi-task code of Vandenhende et al.)."""
ALL_THRESHOLDS = tuple(0.05 * step for step in range(1, 20))
"""0.05 to 0.95, of the form over the whole split (InvPT)."""
BETA = 0.3
"""Weight of recall against precision, squared, in that form."""


@dataclass(frozen=True)
class Saliency(Edges):
    """Cross-entropy over valid pixels; the best F1 and the best IoU over thresholds, of means over images.

    An image where nothing is predicted has precision 0, one where nothing is salient recall 0, and one with neither
    IoU 1 (our choice).

    Args:
        positive_weight: weight of salient pixels in the loss; that of the others is 1 minus it.
        threshold: raw values above it are salient; without one, the array holds 0 and 1 only.
        invalid: values of the array that mark unlabelled pixels; NaN always does.
        role: main by default.
    """

    positive_weight: float = 0.5
    role: str = field(default=MAIN, kw_only=True)

    kind: ClassVar[str] = "saliency"
    headline: ClassVar[str] = "max_f"
    states: ClassVar[tuple[str, str]] = ("not salient", "salient")

    @property
    def usual(self) -> tuple[Metric, ...]:
        """F1 and IoU, each at its best threshold."""
        return (Metric("max_f", "fraction", True), Metric("max_iou", "fraction", True))

    @property
    def further(self) -> tuple[Measure, ...]:
        """F of the whole split with more thresholds and a smaller weight of recall, as InvPT has it."""

        def sums(prediction: Tensor, target: Tensor) -> Tensor:
            import torch  # torch: 1.5 s, configurations and data are checked without

            guessed, true, both = (counts.sum(1) for counts in _counts(prediction, target, ALL_THRESHOLDS))
            return torch.cat([guessed, true, both])

        def value(usual: Tensor, own: Tensor) -> float:
            best = max(
                (
                    ratio((1 + BETA) * both, BETA * true + guessed, of_nothing=0.0)
                    for guessed, true, both in own.view(3, -1).T.tolist()
                ),
            )
            return best if usual[0] > 0 else float("nan")

        return (Measure(Metric("max_f_dataset", "fraction", True), value, sums, 3 * len(ALL_THRESHOLDS)),)

    def usual_statistics(self, prediction: Tensor, target: Tensor) -> Tensor:
        """Number of images with a valid pixel; sums over them of precision, recall and IoU, one a threshold each."""
        import torch  # torch: 1.5 s, configurations and data are checked without

        guessed, true, both = _counts(prediction, target, THRESHOLDS)  # (thresholds, B)
        counted = (target != INVALID).flatten(1).any(1)
        precision = both / guessed.masked_fill(guessed == 0, 1)
        recall = both / true.masked_fill(true == 0, 1)
        either = guessed + true - both
        iou = torch.where(either == 0, 1, both / either.masked_fill(either == 0, 1))
        sums = torch.stack([precision, recall, iou]).masked_fill(~counted, 0).sum(2)  # (3, thresholds)
        return torch.cat([counted.sum().double().view(1), sums.flatten()])

    def usual_metrics(self, statistics: Tensor) -> dict[str, float]:
        """The best over thresholds."""
        images, *sums = statistics.tolist()
        size = len(THRESHOLDS)
        precision, recall, iou = ([ratio(each, images) for each in sums[at : at + size]] for at in (0, size, 2 * size))
        f1 = [ratio(2 * p * r, p + r, of_nothing=0.0) for p, r in zip(precision, recall, strict=True)]
        return {"max_f": max(f1), "max_iou": max(iou)}


def _counts(prediction: Tensor, target: Tensor, thresholds: tuple[float, ...]) -> tuple[Tensor, Tensor, Tensor]:
    """Pixels of each image that are predicted, that are salient, and both, ``(thresholds, B)``; NaN of a NaN."""
    import torch  # torch: 1.5 s, configurations and data are checked without

    valid, truth = target != INVALID, target == 1
    probability = prediction.double().sigmoid()
    broken = (probability.isnan() & valid).flatten(1).any(1)  # (B,)
    guesses = [(probability > threshold) & valid for threshold in thresholds]
    guessed = torch.stack([guess.flatten(1).sum(1) for guess in guesses]).double().masked_fill(broken, torch.nan)
    both = torch.stack([(guess & truth).flatten(1).sum(1) for guess in guesses]).double().masked_fill(broken, torch.nan)
    return guessed, truth.flatten(1).sum(1).double().expand_as(guessed), both
