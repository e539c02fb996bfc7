"""A folder of images and masks as users have them, and what is said when something in it is changed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from spaces.errors import DataError
from trainers.data.folder import Folder

SPEC = """\
image: "{split}/image/{id}.png"
tasks:
  parts: {kind: segmentation, files: "{split}/label/{id}.png", classes: 4, invalid: 255}
  depth: {kind: depth, files: "{split}/depth/{id}.png", scale: 0.001}
  normals: {kind: normals, files: "{split}/normals/{id}.npy", channels: first}
  again: {kind: autoencoder}
"""
SIZE = (16, 24)
COUNTS = {"train": 4, "val": 2, "test": 2}
COLOURS = np.random.default_rng(0).integers(0, 256, 768, dtype=np.uint8).tobytes()


def write_masks(root: Path, spec: str = SPEC) -> Folder:
    """Write three splits, millimetres as 16-bit images, ids as palette images."""
    for number, (split, count) in enumerate(COUNTS.items()):
        for name in ("image", "label", "depth", "normals"):
            (root / split / name).mkdir(parents=True)
        for index in range(count):
            rng = np.random.default_rng([number, index])
            ids = rng.choice(np.array([0, 1, 2, 3, 255], np.uint8), SIZE)
            masks = Image.fromarray(ids).convert("P")
            masks.putpalette(COLOURS)
            masks.save(root / split / "label" / f"im_{index}.png")
            image = rng.integers(0, 256, (*SIZE, 3), dtype=np.uint8)
            Image.fromarray(image).save(root / split / "image" / f"im_{index}.png")
            millimetres = rng.integers(0, 5000, SIZE).astype(np.uint16)
            Image.fromarray(millimetres).save(root / split / "depth" / f"im_{index}.png")
            vectors = rng.normal(size=(3, *SIZE))
            np.save(root / split / "normals" / f"im_{index}.npy", vectors / np.linalg.norm(vectors, axis=0))
    (root / "spec.yaml").write_text(spec)
    return Folder(root=str(root), spec=str(root / "spec.yaml"))


def refusal(data: Folder) -> str:
    with pytest.raises(DataError) as caught:
        data.check()
    return str(caught.value)
