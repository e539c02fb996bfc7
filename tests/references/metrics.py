"""Metrics by loops over single pixels: slow, obvious, and independent of the code under test.

Each takes nested sequences or arrays and answers with plain floats; invalid pixels are None.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

Vector = tuple[float, float, float]


def segmentation(guesses: Sequence[int], truths: Sequence[int | None], classes: int) -> dict[str, float]:
    """IoU of each class over all pixels; classes that occur nowhere are left out of the mean."""
    pairs = [(guess, truth) for guess, truth in zip(guesses, truths, strict=True) if truth is not None]
    ious = []
    for label in range(classes):
        both = either = 0
        for guess, truth in pairs:
            if guess == label and truth == label:
                both += 1
            if guess == label or truth == label:
                either += 1
        if either:
            ious.append(both / either)
    right = sum(1 for guess, truth in pairs if guess == truth)
    return {"miou": sum(ious) / len(ious), "pixel_accuracy": right / len(pairs)}


def depth(guesses: Sequence[float], truths: Sequence[float | None]) -> dict[str, float]:
    """Errors of single pixels, averaged."""
    count, absolute, squared, relative, near = 0, 0.0, 0.0, 0.0, 0
    for guess, truth in zip(guesses, truths, strict=True):
        if truth is None:
            continue
        count += 1
        absolute += abs(guess - truth)
        squared += (guess - truth) ** 2
        relative += abs(guess - truth) / truth
        if guess > 0 and max(guess / truth, truth / guess) < 1.25:
            near += 1
    return {
        "abs_err_m": absolute / count,
        "rmse_m": math.sqrt(squared / count),
        "rel": relative / count,
        "within_1.25": near / count,
    }


def normals(guesses: Sequence[Vector], truths: Sequence[Vector | None]) -> dict[str, float]:
    """Angles between single vectors by the arc cosine."""
    angles = []
    for guess, truth in zip(guesses, truths, strict=True):
        if truth is None:
            continue
        dot = sum(a * b for a, b in zip(guess, truth, strict=True))
        lengths = math.hypot(*guess) * math.hypot(*truth)
        angles.append(math.degrees(math.acos(max(-1.0, min(1.0, dot / lengths)))))
    shares = {f"within_{limit}": sum(angle < float(limit) for angle in angles) for limit in ("11.25", "22.5", "30")}
    return {"angle_deg": sum(angles) / len(angles)} | {name: n / len(angles) for name, n in shares.items()}


def edges(logits: Sequence[float], truths: Sequence[bool | None], positive_weight: float) -> dict[str, float]:
    """Counts of hits, false alarms and misses; cross-entropy from the probability."""
    hits = alarms = misses = count = 0
    entropy = 0.0
    for logit, truth in zip(logits, truths, strict=True):
        if truth is None:
            continue
        count += 1
        probability = 1 / (1 + math.exp(-logit))
        entropy -= positive_weight * math.log(probability) if truth else 0.0
        entropy -= (1 - positive_weight) * math.log(1 - probability) if not truth else 0.0
        hits += truth and logit > 0
        alarms += not truth and logit > 0
        misses += truth and not logit > 0
    precision, recall = hits / (hits + alarms), hits / (hits + misses)
    f1 = 2 * precision * recall / (precision + recall)
    return {"f1": f1, "precision": precision, "recall": recall, "bce": entropy / count}


def regression(guesses: Sequence[float], truths: Sequence[float | None]) -> dict[str, float]:
    """Errors of single values, averaged."""
    errors = [guess - truth for guess, truth in zip(guesses, truths, strict=True) if truth is not None]
    squared = sum(error**2 for error in errors)
    return {"abs_err": sum(map(abs, errors)) / len(errors), "rmse": math.sqrt(squared / len(errors))}


def autoencoder(guesses: Sequence[float], truths: Sequence[float]) -> dict[str, float]:
    """Root mean squared error, and the peak signal-to-noise ratio for a peak of 1."""
    squared = 0.0
    for guess, truth in zip(guesses, truths, strict=True):
        squared += (guess - truth) ** 2
    rmse = math.sqrt(squared / len(truths))
    return {"rmse": rmse, "psnr_db": 20 * math.log10(1 / rmse)}
