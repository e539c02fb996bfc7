"""A small folder of archives as users have them, and what is said when something in it is changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spaces.errors import DataError
from trainers.data.npz import Npz

SPEC = """\
image: rgb
tasks:
  classes: {kind: segmentation, classes: [floor, wall, other], invalid: 255}
  depth: {kind: depth, array: depth_mm, scale: 1e-3, invalid: 0}
  normals: {kind: normals, scale: 0.007874}
  again: {kind: autoencoder}
"""
Split = dict[str, Any]


def draw(seed: int, count: int = 4) -> Split:
    """Arrays of a split, right in every way."""
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(count, 6, 8, 3))
    vectors /= np.linalg.norm(vectors, axis=-1, keepdims=True)
    return {
        "rgb": rng.integers(0, 256, (count, 6, 8, 3), dtype=np.uint8),
        "classes": rng.choice(np.array([0, 1, 2, 255], np.uint8), (count, 6, 8)),
        "depth_mm": rng.integers(0, 4000, (count, 6, 8)).astype(np.uint16),
        "normals": np.round(vectors * 127).astype(np.int8),
    }


def write(folder: Path, change: Callable[[Split], Any] | None = None, split: str = "val") -> Npz:
    """A data set on disk, one of its splits changed."""
    folder.mkdir(exist_ok=True)
    (folder / "spec.yaml").write_text(SPEC)
    for seed, name in enumerate(("train", "val", "test")):
        arrays = draw(seed)
        if change and name == split:
            change(arrays)
        np.savez(folder / f"{name}.npz", **arrays)
    return Npz(root=str(folder), spec=str(folder / "spec.yaml"))


def refusal(data: Npz) -> str:
    with pytest.raises(DataError) as caught:
        data.check()
    return str(caught.value)


def setting(name: str, index: Any, value: Any) -> Callable[[Split], None]:
    def change(arrays: Split) -> None:
        arrays[name][index] = value

    return change
