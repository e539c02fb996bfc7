"""Precision, recall and F1 of several classes or attributes, averaged with equal weights.

The definitions of scikit-learn's ``average="macro", zero_division=0``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trainers.tasks.metric import ratio

if TYPE_CHECKING:
    from torch import Tensor


def average(hits: Tensor, predicted: Tensor, true: Tensor, counted: Tensor) -> dict[str, float]:
    """Means over what is counted; 0/0 of one counts as 0, and nothing counted is NaN.

    Args:
        hits: (C,) how often it was predicted and true.
        predicted: (C,) how often it was predicted.
        true: (C,) how often it was true.
        counted: (C,) bool.
    """
    parts = {"precision": (hits, predicted), "recall": (hits, true), "f1": (2 * hits, predicted + true)}
    count = float(counted.sum())
    # A NaN stays one: it is no 0.
    each = {name: top / bottom.masked_fill(bottom == 0, 1) for name, (top, bottom) in parts.items()}
    return {name: ratio(float(values[counted].sum()), count) for name, values in each.items()}
