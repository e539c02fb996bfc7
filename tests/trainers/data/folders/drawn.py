"""Folders of drawn masks, each test spoiling them in its own way."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from trainers.data.folder import Folder

PARTS = 'parts: {kind: segmentation, files: "{split}/label/{id}.png", classes: 3, invalid: 255}'


def draw(root: Path, write: Callable[[Path, np.ndarray, int], None], task: str = PARTS, count: int = 4) -> Folder:
    """Write images and, by the given function of path, ids and number, their masks; in three splits."""
    rng = np.random.default_rng(0)  # no image is in two splits
    for split in ("train", "val", "test"):
        for name in ("image", "label"):
            (root / split / name).mkdir(parents=True)
        for number in range(count):
            ids = np.zeros((8, 12), np.uint8)
            ids[2:5, number % 6 :] = 1
            ids[5:] = 2
            image = rng.integers(0, 256, (8, 12, 3), dtype=np.uint8)
            Image.fromarray(image).save(root / split / "image" / f"{number}.jpg")
            write(root / split / "label" / f"{number}.png", ids, number)
    head = 'image: "{split}/image/{id}.jpg"'
    (root / "spec.yaml").write_text(f"{head}\ntasks:\n  {task}\n  again: {{kind: autoencoder}}\n")
    return Folder(root=str(root), spec=str(root / "spec.yaml"))


def write_grey(path: Path, ids: np.ndarray, number: int) -> None:
    """Ids as grey values."""
    Image.fromarray(ids).save(path)


def paint(path: Path, ids: np.ndarray, colours: list[tuple[int, int, int]]) -> None:
    """Ids with a palette."""
    image = Image.fromarray(ids)
    image.putpalette([value for colour in colours for value in colour])
    image.save(path)
