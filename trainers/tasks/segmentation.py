"""Semantic segmentation: one class a pixel.

Canonical targets: ``(N, H, W)`` int16 class ids from 0, -1 where invalid. Predictions: one logit a class.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from spaces.fields import Fields
from trainers.tasks.class_ids import INVALID, check_classes, count_of, name_class, read_ids
from trainers.tasks.decoding import LABELS, one_layer
from trainers.tasks.measures.measure import Measure, Measured
from trainers.tasks.measures.overlap import measure_overlap
from trainers.tasks.metric import Metric, ratio

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor

WIDE = 8
"""Classes from which on a row of them a pixel is quicker on a CPU, and slower for fewer: as many as the floats in one
of its vectors. Our choice, by timing."""


@dataclass(frozen=True)
class Segmentation(Measured):
    """Cross-entropy over valid pixels; mIoU and pixel accuracy from one confusion matrix over the split.

    Args:
        classes: how many classes, or their names in the order of their ids.
        first_class: id of the first class in the array; 1 where 0 means unlabelled.
        invalid: ids in the array that mark unlabelled pixels.
    """

    classes: int | tuple[str, ...]
    first_class: int = 0
    invalid: tuple[float, ...] = (INVALID,)

    kind: ClassVar[str] = "segmentation"
    headline: ClassVar[str] = "miou"

    def _check(self, fields: Fields) -> None:
        check_classes(fields, self)

    @property
    def usual(self) -> tuple[Metric, ...]:
        """Mean intersection over union, and the share of pixels that are right."""
        return (Metric("miou", "fraction", True), Metric("pixel_accuracy", "fraction", True))

    @property
    def further(self) -> tuple[Measure, ...]:
        """Other conventions of mean IoU and pixel accuracy."""
        return measure_overlap(self.channels, INVALID)

    @property
    def statistics_shape(self) -> tuple[int, ...]:
        """The confusion matrix's."""
        return (self.channels, self.channels)

    @property
    def channels(self) -> int:
        """One logit a class."""
        return count_of(self.classes)

    def decode(self, array: np.ndarray, where: str) -> np.ndarray:
        """``(N, H, W)`` ids, of integers, booleans or whole floats -> ``(N, H, W)`` int16."""
        return read_ids(one_layer(array, where, LABELS), array, where, self)

    def loss(self, prediction: Tensor, target: Tensor) -> Tensor:
        """Cross-entropy [nat]."""
        import torch  # torch: 1.5 s, configurations and data are checked without
        import torch.nn.functional as F

        logits, ids = prediction.float(), target.long()
        rows = self.channels >= WIDE and logits.is_contiguous(memory_format=torch.channels_last)
        if rows and not logits.is_cuda:  # where the loss of rows is the work of a single block
            # A view of one row a pixel; torch would lay all logits out anew, and their gradients.
            logits, ids = logits.movedim(1, -1).flatten(0, -2), ids.flatten()
        total = F.cross_entropy(logits, ids, ignore_index=INVALID, reduction="sum")
        return total / (target != INVALID).sum().clamp(min=1)

    def usual_statistics(self, prediction: Tensor, target: Tensor) -> Tensor:
        """Confusion matrix ``(classes, classes)``: rows are true, columns predicted."""
        import torch  # torch: 1.5 s, configurations and data are checked without

        count = self.channels
        valid = target != INVALID
        best, guess = prediction.max(1)  # (B, H, W)
        cell = target.long() * count + guess
        # Invalid pixels go to one cell more, which is dropped: no masked copy, no wait for the GPU.
        cells = torch.where(valid, cell, count * count).flatten()
        confusion = torch.bincount(cells, minlength=count * count + 1)[:-1].view(count, count).double()
        # A network that diverged must not score as one that answers class 0; max() passes a NaN on.
        broken = (best.isnan() & valid).any()
        return confusion.masked_fill(broken, torch.nan)

    def usual_metrics(self, statistics: Tensor) -> dict[str, float]:
        """Mean IoU over the classes that are in prediction or truth; accuracy over all valid pixels."""
        hits = statistics.diagonal()
        union = statistics.sum(0) + statistics.sum(1) - hits
        present = union != 0  # NaN counts as present
        miou = ratio(float((hits[present] / union[present]).sum()), float(present.sum()))
        return {"miou": miou, "pixel_accuracy": ratio(float(hits.sum()), float(statistics.sum()))}

    def answer(self, prediction: Tensor) -> Tensor:
        """Ids of the likeliest classes as arrays hold them, from ``first_class``: ``(B, H, W)`` int32."""
        return prediction.argmax(1).int() + self.first_class

    def score(self, prediction: Tensor) -> Tensor:
        """Probability of each class, ``(B, H, W, C)``, of which the answer is the largest one's place."""
        return prediction.float().softmax(1).permute(0, 2, 3, 1)

    def describe(self, target: np.ndarray) -> str:
        """Name of the class, or its number, of one pixel."""
        return name_class(self.classes, target)

    def trivial(self, target: Tensor) -> Tensor:
        """One-hot logits of the majority class, the best constant for both metrics."""
        import torch  # torch: 1.5 s, configurations and data are checked without
        import torch.nn.functional as F

        counts = torch.bincount(target[target != INVALID], minlength=self.channels)
        return F.one_hot(counts.argmax(), self.channels).to(torch.float32).view(1, -1, 1, 1)
