"""Classification: one class an image.

Canonical targets: ``(N,)`` int16 class ids from 0, -1 where invalid. Predictions: ``(B, classes)`` logits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from spaces.fields import Fields
from trainers.tasks.class_ids import INVALID, check_classes, count_of, name_class, read_ids
from trainers.tasks.decoding import rows
from trainers.tasks.measures.macro import average
from trainers.tasks.metric import Metric, ratio
from trainers.tasks.task import Task

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor

FEW = 1e-9
"""Images of a class that does not occur, whose logarithm is wanted all the same."""


@dataclass(frozen=True)
class Classification(Task):
    """Cross-entropy over valid images; accuracy, and macro precision, recall and F1 as scikit-learn defines them.

    Args:
        classes: how many classes, or their names in the order of their ids.
        first_class: id of the first class in the array; 1 where 0 means unlabelled.
        invalid: ids in the array that mark unlabelled images.
    """

    classes: int | tuple[str, ...]
    first_class: int = 0
    invalid: tuple[float, ...] = (INVALID,)

    kind: ClassVar[str] = "classification"
    headline: ClassVar[str] = "accuracy"
    dense: ClassVar[bool] = False

    def _check(self, fields: Fields) -> None:
        check_classes(fields, self)

    @property
    def table(self) -> tuple[Metric, ...]:
        """Share of images that are right; means over the classes."""
        return tuple(Metric(name, "fraction", True) for name in ("accuracy", "precision", "recall", "f1"))

    @property
    def channels(self) -> int:
        """One logit a class."""
        return count_of(self.classes)

    def decode(self, array: np.ndarray, where: str) -> np.ndarray:
        """``(N,)`` or ``(N, 1)`` ids, of integers, booleans or whole floats -> ``(N,)`` int16."""
        return read_ids(rows(array, where, 1)[:, 0], array, where, self)

    def loss(self, prediction: Tensor, target: Tensor) -> Tensor:
        """Cross-entropy [nat]."""
        import torch.nn.functional as F  # torch: 1.5 s, configurations and data are checked without

        total = F.cross_entropy(prediction.float(), target.long(), ignore_index=INVALID, reduction="sum")
        return total / (target != INVALID).sum().clamp(min=1)

    def statistics(self, prediction: Tensor, target: Tensor) -> Tensor:
        """Sums ``(3, classes)``: hits, how often a class was predicted, how often it is true."""
        import torch  # torch: 1.5 s, configurations and data are checked without
        import torch.nn.functional as F

        valid = target != INVALID
        best, guess = prediction.max(1)  # (B,)
        guessed = F.one_hot(guess, self.channels) * valid[:, None]
        true = F.one_hot(target.long().clamp(min=0), self.channels) * valid[:, None]
        sums = torch.stack([(guessed * true).sum(0), guessed.sum(0), true.sum(0)]).double()
        # A network that diverged must not score as one that answers class 0; max() passes a NaN on.
        return sums.masked_fill((best.isnan() & valid).any(), torch.nan)

    def metrics(self, statistics: Tensor) -> dict[str, float]:
        """Means over the classes that are in prediction or truth, a class's 0/0 counting as 0 (``zero_division=0``)."""
        hits, predicted, true = statistics
        present = predicted + true != 0  # NaN counts as present
        accuracy = ratio(float(hits.sum()), float(true.sum()))
        return {"accuracy": accuracy, **average(hits, predicted, true, present)}

    def answer(self, prediction: Tensor) -> Tensor:
        """Ids of the likeliest classes as arrays hold them, from ``first_class``: ``(B,)`` int32."""
        return prediction.argmax(1).int() + self.first_class

    def score(self, prediction: Tensor) -> Tensor:
        """Probability of each class, ``(B, C)``, of which the answer is the largest one's place."""
        return prediction.float().softmax(1)

    def describe(self, target: np.ndarray) -> str:
        """Name of the class, or its number."""
        return name_class(self.classes, target)

    def trivial(self, target: Tensor) -> Tensor:
        """Logarithms of the classes' frequencies: they minimise the loss, and the majority class comes first."""
        import torch  # torch: 1.5 s, configurations and data are checked without

        counts = torch.bincount(target[target != INVALID].long(), minlength=self.channels).double()
        return (counts.clamp(min=FEW) / counts.sum().clamp(min=1)).log().float()[None]
