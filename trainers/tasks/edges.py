"""Edges: one binary map.

Canonical targets: ``(N, 1, H, W)`` int8, 1 on an edge, 0 off it, -1 where invalid. Predictions: one logit.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from spaces.fields import Fields
from trainers.tasks.decoding import LABELS, may_be_empty, one_layer, refuse
from trainers.tasks.looks import shade_states
from trainers.tasks.measures.measure import Measure, Measured
from trainers.tasks.measures.tolerance import measure_with_tolerance
from trainers.tasks.metric import Metric, ratio
from trainers.tasks.states import find_seen, mend_nothing, refuse_unless_binary
from trainers.tasks.task import AUXILIARY
from trainers.tasks.valid_values import check_invalid, find_extent, marked
from trainers.tasks.views import values_last

if TYPE_CHECKING:
    from torch import Tensor

INVALID = -1


@dataclass(frozen=True)
class Edges(Measured):
    """Balanced binary cross-entropy over valid pixels (HED, Xie and Tu 2015); F1 of "logit > 0".

    F1 compares pixel by pixel, without the tolerance of the odsF protocol.

    Args:
        positive_weight: weight of edge pixels in the loss; that of the others is 1 minus it.
        threshold: raw values above it are edges; without one, the array holds 0 and 1 only.
        invalid: values of the array that mark unlabelled pixels; NaN always does.
        role: auxiliary by default.
    """

    positive_weight: float = 0.95
    threshold: float | None = None
    invalid: tuple[float, ...] = (INVALID,)
    role: str = field(default=AUXILIARY, kw_only=True)

    kind: ClassVar[str] = "edges"
    states: ClassVar[tuple[str, str]] = ("no edge", "edge")
    """What 0 and 1 mean, for messages."""
    headline: ClassVar[str] = "f1"

    def _check(self, fields: Fields) -> None:
        fields.number("positive_weight", above=0, high=0.9999)  # at 1, no pixel off an edge would count
        fields.number("threshold", optional=True)
        self._set("invalid", check_invalid(fields, self.group, self.invalid))

    @property
    def usual(self) -> tuple[Metric, ...]:
        """F1 with its two parts, and the loss."""
        return (
            Metric("f1", "fraction", True),
            Metric("precision", "fraction", True),
            Metric("recall", "fraction", True),
            Metric("bce", "nat", False),
        )

    @property
    def further(self) -> tuple[Measure, ...]:
        """F1 with a tolerance."""
        return measure_with_tolerance(INVALID)

    @property
    def channels(self) -> int:
        """One: the logit of an edge."""
        return 1

    def decode(self, array: np.ndarray, where: str) -> np.ndarray:
        """``(N, H, W)`` raw edges -> ``(N, 1, H, W)`` int8."""
        raw = one_layer(array, where, LABELS)
        invalid = marked(raw, self.invalid)
        find_extent(raw, invalid, array, where, self.invalid)
        if self.threshold is None:
            refuse_unless_binary(raw, where, invalid, self.states, self.invalid, bound=True)
            edge = raw == 1
        else:
            edge = raw > self.threshold
        edge &= ~invalid
        if not edge.any() and not may_be_empty():
            mend = mend_nothing(find_seen(raw, self.invalid), self.states, self.invalid)
            refuse(array, where, f"no pixel is 1 ({self.states[1]})", mend)
        return np.where(invalid, INVALID, edge).astype(np.int8)[:, None]

    def loss(self, prediction: Tensor, target: Tensor) -> Tensor:
        """Balanced cross-entropy [nat]."""
        return self._entropy(prediction.float(), target).sum() / (target != INVALID).sum().clamp(min=1)

    def usual_statistics(self, prediction: Tensor, target: Tensor) -> Tensor:
        """Sums ``(5,)``: valid pixels, hits, false alarms, misses, balanced cross-entropy."""
        import torch  # torch: 1.5 s, configurations and data are checked without

        logit = prediction.double()
        # A network that diverged must not score as one that answers "no edge".
        guess = torch.where(logit.isnan(), logit, (logit > 0).double())
        edge, other = target == 1, target == 0
        hits = torch.where(edge, guess, 0).sum()
        alarms = torch.where(other, guess, 0).sum()
        misses = edge.sum() - hits
        return torch.stack([(edge | other).sum(), hits, alarms, misses, self._entropy(logit, target).sum()])

    def usual_metrics(self, statistics: Tensor) -> dict[str, float]:
        """Precision, recall and F1 are 0 where they are 0/0, if any pixel was valid."""
        count, hits, alarms, misses, entropy = statistics.tolist()
        nothing = 0.0 if count else float("nan")
        return {
            "f1": ratio(2 * hits, 2 * hits + alarms + misses, of_nothing=nothing),
            "precision": ratio(hits, hits + alarms, of_nothing=nothing),
            "recall": ratio(hits, hits + misses, of_nothing=nothing),
            "bce": ratio(entropy, count),
        }

    def answer(self, prediction: Tensor) -> Tensor:
        """Probability of an edge ``(B, H, W)``, edges and others weighted as in the loss; F1 counts those above 0.5."""
        return values_last(prediction.float().sigmoid())

    def depict(self, targets: np.ndarray) -> np.ndarray:
        """White on dark grey."""
        return shade_states(targets)

    def trivial(self, target: Tensor) -> Tensor:
        """Logit of the base rate, edges and others weighted as in the loss, which it minimises."""
        edges = self.positive_weight * (target == 1).sum().double()
        others = (1 - self.positive_weight) * (target == 0).sum().double()
        # Bounded, for splits without an edge, or of edges alone.
        return (edges / others).log().clamp(-20, 20).float().view(1, 1, 1, 1)

    def _entropy(self, logit: Tensor, target: Tensor) -> Tensor:
        """Weighted cross-entropy of each pixel, 0 where invalid."""
        import torch  # torch: 1.5 s, configurations and data are checked without
        import torch.nn.functional as F

        edge = self.positive_weight * F.softplus(-logit)
        other = (1 - self.positive_weight) * F.softplus(logit)
        return torch.where(target == 1, edge, torch.where(target == 0, other, 0))
