"""A data set of 480x640 files for `experiments.benchmarks.throughput`, drawn and written for the while.

Each sample is what NYUv2 has in its published folders: a picture as JPEG, classes and normals as PNG, depth as .npy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image

from trainers.data.arrays import Arrays
from trainers.data.loading import Loading
from trainers.data.samples import Sample, gathered
from trainers.tasks import Depth, Normals, Segmentation, Task

SIZE = (480, 640)
TASKS: dict[str, Task] = {
    "classes": Segmentation("classes", classes=40, invalid=(255,)),
    "depth": Depth("depth"),
    "normals": Normals("normals", scale=2 / 255, offset=-1.0),
}


def write(root: Path, images: int) -> None:
    """Write as many samples: smooth surfaces with the noise of a camera, so that files are of a usual length."""
    root.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(0)
    for index in range(images):
        coarse = rng.integers(0, 256, (30, 40, 3), dtype=np.uint8)
        smooth = np.asarray(Image.fromarray(coarse).resize(SIZE[::-1], Image.Resampling.BICUBIC))
        noisy = np.clip(smooth + rng.normal(0, 6, smooth.shape), 0, 255).astype(np.uint8)
        Image.fromarray(noisy).save(root / f"{index}.jpg", quality=95)
        Image.fromarray((smooth[..., 0] // 7).astype(np.uint8)).save(root / f"{index}-classes.png")
        vectors = smooth / 127.5 - 1.01
        vectors /= np.linalg.norm(vectors, axis=-1, keepdims=True)
        Image.fromarray((127.5 * (vectors + 1)).round().astype(np.uint8)).save(root / f"{index}-normals.png")
        np.save(root / f"{index}-depth.npy", (1 + noisy[..., 1] / 32).astype(np.float32))


@dataclass(frozen=True)
class Rows:
    """The samples of one folder."""

    root: Path
    images: int
    tasks: tuple[Task, ...]

    def __len__(self) -> int:
        return self.images

    def read(self, index: int) -> Sample:
        """Decode the files of one."""
        targets = {}
        for task in self.tasks:
            path = self.root / f"{index}-{task.name}.{'npy' if task.name == 'depth' else 'png'}"
            array = np.load(path) if task.name == "depth" else np.asarray(Image.open(path))
            targets[task.name] = task.decode(array[None], str(path))[0]
        return Sample(np.asarray(Image.open(self.root / f"{index}.jpg")), targets)


@dataclass(frozen=True)
class Files:
    """All splits are the same."""

    root: Path
    images: int
    loading: Loading = field(default_factory=lambda: Loading(memory_gb=0.0))
    size: tuple[int, int] = SIZE
    fingerprint: str = "files-of-a-benchmark"

    @property
    def available(self) -> Mapping[str, Task]:
        """Three tasks."""
        return TASKS

    @property
    def selected(self) -> tuple[Task, ...]:
        """All of them."""
        return tuple(TASKS.values())

    def samples(self, split: str, only: Sequence[str] | None = None) -> Rows:
        """See `trainers.data.samples`."""
        return Rows(self.root, self.images, tuple(task for name, task in TASKS.items() if only is None or name in only))

    def load(self, split: str, only: Sequence[str] | None = None) -> Arrays:
        """All in memory."""
        return gathered(self.samples(split, only))
