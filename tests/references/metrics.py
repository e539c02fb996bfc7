"""Metrics by loops over single pixels: slow, obvious, and independent of the code under test.

Each takes nested sequences or arrays and answers with plain floats; invalid pixels are None.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

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


def overlap(guesses: np.ndarray, truths: np.ndarray, classes: int) -> dict[str, float]:
    """Conventions of mean IoU, from sets of pixels; arrays (images, height, width), -1 where invalid."""

    def ious(guess: np.ndarray, truth: np.ndarray) -> list[float | None]:
        guess, truth = guess[truth != -1], truth[truth != -1]
        found: list[float | None] = []
        for label in range(classes):
            ours, theirs = set(np.flatnonzero(guess == label)), set(np.flatnonzero(truth == label))
            found.append(len(ours & theirs) / len(ours | theirs) if ours | theirs else None)
        return found

    whole = ious(guesses, truths)
    images = [ious(guess, truth) for guess, truth in zip(guesses, truths, strict=True) if (truth != -1).any()]
    means = [np.mean([iou for iou in image if iou is not None]) for image in images]
    right = [
        np.mean(guess[truth != -1] == truth[truth != -1])
        for guess, truth in zip(guesses, truths, strict=True)
        if (truth != -1).any()
    ]
    return {
        "miou_all": float(np.mean([iou or 0.0 for iou in whole])),
        "miou_hits": float(np.mean([iou for iou in whole if iou])),
        "miou_nan": math.nan if None in whole else float(np.mean(whole)),
        "miou_per_image": float(np.mean(means)),
        "pixel_accuracy_per_image": float(np.mean(right)),
    }


def depth_measures(guesses: np.ndarray, truths: np.ndarray) -> dict[str, float]:
    """Arrays (images, height, width) in metres, 0 where invalid."""
    pairs = [
        [(g, t) for g, t in zip(guess.flat, truth.flat, strict=True) if t > 0]
        for guess, truth in zip(guesses, truths, strict=True)
    ]
    pixels, images = [pair for image in pairs for pair in image], [image for image in pairs if image]

    def within(factor: float) -> float:
        return sum(g > 0 and max(g / t, t / g) < factor for g, t in pixels) / len(pixels)

    return {
        "sq_rel": sum((g - t) ** 2 / t for g, t in pixels) / len(pixels),
        "rmse_log": math.sqrt(sum((math.log(max(g, 1e-3)) - math.log(t)) ** 2 for g, t in pixels) / len(pixels)),
        "within_1.25_squared": within(1.25**2),
        "within_1.25_cubed": within(1.25**3),
        "abs_err_m_per_image": sum(sum(abs(g - t) for g, t in i) / len(i) for i in images) / len(images),
        "rel_per_image": sum(sum(abs(g - t) / t for g, t in i) / len(i) for i in images) / len(images),
    }


def normals_measures(guesses: np.ndarray, truths: np.ndarray) -> dict[str, float]:
    """Arrays (images, 3, height, width), zero vectors where invalid."""
    ours, theirs = np.moveaxis(guesses, 1, -1).reshape(-1, 3), np.moveaxis(truths, 1, -1).reshape(-1, 3)
    ours, theirs = ours[theirs.any(1)], theirs[theirs.any(1)]
    ours = ours / np.linalg.norm(ours, axis=1, keepdims=True)

    def angles(one: np.ndarray, other: np.ndarray) -> np.ndarray:
        lengths = np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1)
        return np.degrees(np.arccos(np.clip((one * other).sum(1) / lengths, -1, 1)))

    return {
        "median_deg": float(np.median(angles(ours, theirs))),
        "rmse_deg": float(np.sqrt(np.mean(angles(ours, theirs) ** 2))),
        "adashare_compressed_deg": float(np.mean(angles(127.5 * (ours + 1), 127.5 * (theirs + 1)))),
    }


def tolerant(logits: np.ndarray, truths: np.ndarray, reach: int = 1) -> dict[str, float]:
    """F1 of arrays (images, height, width) with edges that may be off by a pixel or so; -1 where invalid."""
    guesses = (logits > 0) & (truths != -1)

    def near(edges: np.ndarray, image: int, row: int, column: int) -> bool:
        rows, columns = (slice(max(0, at - reach), at + reach + 1) for at in (row, column))
        return bool(edges[image, rows, columns].any())

    places, edges = np.argwhere(guesses), np.argwhere(truths == 1)
    precision = np.mean([near(truths == 1, *place) for place in places])
    recall = np.mean([near(guesses, *place) for place in edges])
    return {"f1_tolerant_approximate": float(2 * precision * recall / (precision + recall))}


def saliency(probabilities: np.ndarray, truths: np.ndarray) -> dict[str, float]:
    """Arrays (images, height, width), -1 where invalid; by threshold and image, then by threshold over all."""
    pairs = [(p[t != -1], t[t != -1] == 1) for p, t in zip(probabilities, truths, strict=True) if (t != -1).any()]
    fs, ious, whole = [], [], []
    for threshold in np.linspace(0.2, 0.9, 15):
        masks = [(p > threshold, t) for p, t in pairs]
        precision = np.mean([(m & t).sum() / m.sum() if m.any() else 0.0 for m, t in masks])
        recall = np.mean([(m & t).sum() / t.sum() if t.any() else 0.0 for m, t in masks])
        fs.append(2 * precision * recall / (precision + recall) if precision + recall else 0.0)
        ious.append(np.mean([(m & t).sum() / (m | t).sum() if (m | t).any() else 1.0 for m, t in masks]))
    guess, truth = (np.concatenate(part) for part in zip(*pairs, strict=True))
    for threshold in np.arange(1, 20) / 20:
        mask = guess > threshold
        precision, recall = (mask & truth).sum() / max(mask.sum(), 1), (mask & truth).sum() / truth.sum()
        whole.append(1.3 * precision * recall / (0.3 * precision + recall) if precision + recall else 0.0)
    return {"max_f": float(max(fs)), "max_iou": float(max(ious)), "max_f_dataset": float(max(whole))}
