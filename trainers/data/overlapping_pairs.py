"""Two small pictures on one canvas: one at the top left, one at the bottom right, two tasks over one image.

The composition of MultiMNIST (Sabour et al. 2017) as Lin et al. 2019 use it for multi-task learning: where the two
overlap, the brighter pixel stays.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from trainers.data.splits.arrays import Arrays
from trainers.tasks import Task

TASKS = ("left", "right")
"""The picture at the top left, and the one at the bottom right."""


@dataclass(frozen=True, eq=False)
class Pictures:
    """What is put together.

    Args:
        images: (N, h, w) uint8, grey.
        labels: (N,) int16 class ids.
    """

    images: np.ndarray
    labels: np.ndarray

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, rows: np.ndarray) -> Pictures:
        """Some of them."""
        return Pictures(self.images[rows], self.labels[rows])

    @property
    def digest(self) -> str:
        """Names the content."""
        parts = hashlib.sha256(repr(self.images.shape).encode())
        parts.update(np.ascontiguousarray(self.images).data)
        parts.update(np.ascontiguousarray(self.labels.astype(np.int16)).data)
        return parts.hexdigest()


def overlay_pairs(first: np.ndarray, second: np.ndarray, shift: int, size: int) -> np.ndarray:
    """Pictures pairwise on one canvas, in the middle of a black image.

    Args:
        first: (N, h, w) uint8, at the top left.
        second: of the same shape, ``shift`` pixels lower and further right.
        shift: in pixels.
        size: height and width of the image, at least h + shift and w + shift.

    Returns:
        (N, size, size, 3) uint8, red, green and blue alike.
    """
    count, height, width = first.shape
    images = np.zeros((count, size, size, 3), np.uint8)
    top, left = (size - height - shift) // 2, (size - width - shift) // 2
    images[:, top : top + height, left : left + width] = first[..., None]
    place = images[:, top + shift : top + shift + height, left + shift : left + shift + width]
    np.maximum(place, second[..., None], out=place)
    return images


def divide_pictures(count: int, shares: Mapping[str, float], seed: int) -> dict[str, np.ndarray]:
    """Rows of each split, drawn once, no row in two; the last split has what is left.

    Args:
        count: of all rows.
        shares: of each split, summing to 1.
        seed: of the draw.
    """
    order = np.random.default_rng(seed).permutation(count)
    ends = np.cumsum([round(share * count) for share in shares.values()])[:-1]
    return dict(zip(shares, np.split(order, ends), strict=True))


def draw_pairs(
    pictures: Pictures, tasks: Sequence[Task], count: int, shift: int, size: int, seed: Sequence[int]
) -> Arrays:
    """Draw pairs with replacement; more pairs begin with the fewer of the same seed.

    Args:
        pictures: what they are drawn from.
        tasks: those whose targets are wanted.
        count: of pairs.
        shift: of the second picture, in pixels.
        size: of the images, in pixels.
        seed: of the draw.
    """
    chosen = np.random.default_rng(seed).integers(0, len(pictures), (count, len(TASKS)))
    sides = dict(zip(TASKS, (pictures[rows] for rows in chosen.T), strict=True))
    images = overlay_pairs(sides["left"].images, sides["right"].images, shift, size)
    return Arrays(images, {task.name: sides[task.name].labels for task in tasks})
