"""One example of every task kind: a specification and raw arrays for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

COUNT, HEIGHT, WIDTH = 5, 6, 8


@dataclass(frozen=True)
class Example:
    """A specification, and raw arrays for it, some of the targets invalid where the kind has such.

    Args:
        spec: without its kind.
        raw: draws an array of COUNT images.
        nothing: canonical targets of which nothing is valid; None if the kind has no invalid ones.
    """

    spec: dict[str, Any]
    raw: Callable[[np.random.Generator], np.ndarray]
    nothing: torch.Tensor | None


def _ids(rng: np.random.Generator) -> np.ndarray:
    ids = rng.integers(0, 3, (COUNT, HEIGHT, WIDTH)).astype(np.uint8)  # class 3 of 4 does not occur
    return np.where(rng.random(ids.shape) < 0.1, 255, ids).astype(np.uint8)


def _millimetres(rng: np.random.Generator) -> np.ndarray:
    depth = rng.integers(500, 9000, (COUNT, HEIGHT, WIDTH))
    return np.where(rng.random(depth.shape) < 0.1, 0, depth).astype(np.uint16)


def _vectors(rng: np.random.Generator) -> np.ndarray:
    vectors = rng.normal(size=(COUNT, HEIGHT, WIDTH, 3))
    vectors /= np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.where(rng.random((COUNT, HEIGHT, WIDTH, 1)) < 0.1, 0, np.round(vectors * 127)).astype(np.int8)


def _edge_map(rng: np.random.Generator) -> np.ndarray:
    return rng.choice(np.array([0, 1, 255], np.uint8), (COUNT, HEIGHT, WIDTH), p=[0.7, 0.2, 0.1])


def _values(rng: np.random.Generator) -> np.ndarray:
    values = rng.normal(size=(COUNT, HEIGHT, WIDTH, 2)).astype(np.float32)
    values[rng.random(values.shape) < 0.1] = -9999
    return values


def _image_ids(rng: np.random.Generator) -> np.ndarray:
    return np.array([2, 255, 1, 2, 0])[rng.permutation(COUNT)]  # class 3 of 4 does not occur


def _labels(rng: np.random.Generator) -> np.ndarray:
    """Three attributes, the last of which is always there."""
    labels = np.array([[1, 0, 1], [0, 1, 1], [255, 1, 1], [1, 1, 1], [0, 0, 1]], np.uint8)
    return labels[rng.permutation(COUNT)]


def _images(rng: np.random.Generator) -> np.ndarray:
    return rng.integers(0, 256, (COUNT, HEIGHT, WIDTH, 3)).astype(np.uint8)


EXAMPLES = {
    "segmentation": Example(
        {"classes": 4, "invalid": 255}, _ids, torch.full((2, HEIGHT, WIDTH), -1, dtype=torch.int16)
    ),
    "depth": Example({"scale": 0.001}, _millimetres, torch.zeros(2, 1, HEIGHT, WIDTH)),
    "normals": Example({"scale": 1 / 127}, _vectors, torch.zeros(2, 3, HEIGHT, WIDTH)),
    "edges": Example({"invalid": [255]}, _edge_map, torch.full((2, 1, HEIGHT, WIDTH), -1, dtype=torch.int8)),
    "regression": Example(
        {"channels": 2, "unit": "K", "invalid": -9999}, _values, torch.full((2, 2, HEIGHT, WIDTH), torch.nan)
    ),
    "autoencoder": Example({}, _images, None),
    "classification": Example({"classes": 4, "invalid": 255}, _image_ids, torch.full((2,), -1, dtype=torch.int16)),
    "attributes": Example(
        {"attributes": ["hat", "glasses", "nose"], "invalid": 255}, _labels, torch.full((2, 3), -1, dtype=torch.int8)
    ),
    "saliency": Example({"invalid": [255]}, _edge_map, torch.full((2, 1, HEIGHT, WIDTH), -1, dtype=torch.int8)),
}
