"""Attributes: several yes-or-no labels an image.

Canonical targets: ``(N, C)`` int8, 1 present, 0 absent, -1 where invalid. Predictions: ``(B, C)`` logits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from spaces.fields import Fields
from trainers.tasks.class_ids import INVALID
from trainers.tasks.decoding import may_be_empty, refuse, rows
from trainers.tasks.measures.macro import average
from trainers.tasks.metric import Metric, ratio
from trainers.tasks.states import refuse_unless_binary
from trainers.tasks.task import Task
from trainers.tasks.valid_values import check_invalid, find_extent, is_list, marked

if TYPE_CHECKING:
    from torch import Tensor

SUREST = 20.0
"""Largest logit of the trivial prediction, for attributes that are always or never there."""


@dataclass(frozen=True)
class Attributes(Task):
    """Binary cross-entropy over valid labels; "logit > 0" scored attribute by attribute, then averaged over them.

    Args:
        attributes: how many, or their names in the order of the columns.
        invalid: values in the array that mark missing labels.
    """

    attributes: int | tuple[str, ...]
    invalid: tuple[float, ...] = (INVALID,)

    kind: ClassVar[str] = "attributes"
    headline: ClassVar[str] = "accuracy"
    dense: ClassVar[bool] = False

    def _check(self, fields: Fields) -> None:
        if is_list(self.attributes):
            fields.names("attributes", at_least=1)
        elif isinstance(self.attributes, int):
            fields.integer("attributes", low=1)
        else:
            want = "want the number of attributes, or a list of their names"
            fields.require(False, f"{self.group}.attributes={self.attributes}: {want}")
        self._set("invalid", check_invalid(fields, self.group, self.invalid))

    @property
    def table(self) -> tuple[Metric, ...]:
        """Means over the attributes."""
        return tuple(Metric(name, "fraction", True) for name in ("accuracy", "precision", "recall", "f1"))

    @property
    def channels(self) -> int:
        """One logit an attribute."""
        return self.attributes if isinstance(self.attributes, int) else len(self.attributes)

    def decode(self, array: np.ndarray, where: str) -> np.ndarray:
        """``(N, C)`` labels 0 and 1, of any numbers or booleans -> ``(N, C)`` int8."""
        raw = rows(array, where, self.channels)
        invalid = marked(raw, self.invalid)
        find_extent(raw, invalid, array, where, self.invalid, self.place)
        present, absent = raw == 1, raw == 0
        refuse_unless_binary(raw, where, invalid, ("absent", "present"), self.invalid, bound=False)
        if ((raw == -1) & invalid).any() and not absent.any() and not may_be_empty():
            mend = "where -1 means absent, write 0 for it, numpy.maximum(labels, 0)"
            refuse(array, where, "only 1 and -1, which is invalid here: no attribute is ever absent", mend)
        return np.where(invalid, INVALID, present).astype(np.int8)

    def loss(self, prediction: Tensor, target: Tensor) -> Tensor:
        """Binary cross-entropy [nat]."""
        import torch  # torch: 1.5 s, configurations and data are checked without
        import torch.nn.functional as F

        logit, valid = prediction.float(), target != INVALID
        entropy = F.softplus(torch.where(target == 1, -logit, logit))
        return torch.where(valid, entropy, 0).sum() / valid.sum().clamp(min=1)

    def statistics(self, prediction: Tensor, target: Tensor) -> Tensor:
        """Sums ``(4, C)``: hits, how often it was predicted, how often it is true, valid labels."""
        import torch  # torch: 1.5 s, configurations and data are checked without

        valid, logit = target != INVALID, prediction.double()
        # A network that diverged must not score as one that answers "absent".
        guess = torch.where(valid, torch.where(logit.isnan(), logit, (logit > 0).double()), 0)
        true = (target == 1).double()
        return torch.stack([(guess * true).sum(0), guess.sum(0), true.sum(0), valid.double().sum(0)])

    def metrics(self, statistics: Tensor) -> dict[str, float]:
        """Means over the attributes with a valid label, an attribute's 0/0 counting as 0 (``zero_division=0``)."""
        hits, predicted, true, valid = statistics
        counted = valid > 0
        right = 1 - (predicted + true - 2 * hits)[counted] / valid[counted]
        accuracy = ratio(float(right.sum()), float(counted.sum()))
        return {"accuracy": accuracy, **average(hits, predicted, true, counted)}

    def answer(self, prediction: Tensor) -> Tensor:
        """Probability of each attribute, ``(B, C)``; metrics count those above 0.5 as present."""
        return prediction.float().sigmoid()

    def describe(self, target: np.ndarray) -> str:
        """Names of the attributes that are there, or their numbers."""
        if isinstance(self.attributes, int):
            return super().describe(target)
        return ", ".join(self.attributes[index] for index in np.flatnonzero(target > 0)) or "none"

    def trivial(self, target: Tensor) -> Tensor:
        """Log-odds of each attribute: they minimise the loss, and their sign is the majority."""
        present, absent = (target == 1).sum(0).double(), (target == 0).sum(0).double()
        # Bounded, for attributes that are always or never there; 0 for one without a label.
        return (present / absent).log().nan_to_num(0.0, SUREST, -SUREST).clamp(-SUREST, SUREST).float()[None]
