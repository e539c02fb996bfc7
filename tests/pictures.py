"""A data set of real files: PNG pictures, class ids as PNG and depths as .npy; it can be spoilt file by file."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from spaces.errors import DataError
from tests.tiny import NETWORK
from trainers.data.loading import Loading
from trainers.data.splits.arrays import Arrays
from trainers.data.splits.samples import Sample, gather_samples
from trainers.tasks import Depth, Segmentation, Task

CONF = """
_target_: tests.pictures.Pictures
root: {root}
loading:
  _target_: trainers.data.loading.Loading
  memory_gb: {memory}
  workers: 1
  cache: null
"""
TASKS = {"colour": Segmentation("colour", classes=4), "depth": Depth("depth")}


def write_pictures(root: Path, images: int = 24, size: tuple[int, int] = (16, 16), **splits: int) -> Path:
    """Write the splits train, val and test; equal calls write equal files."""
    for seed, split in enumerate(("train", "val", "test")):
        folder = root / split
        folder.mkdir(parents=True)
        rng = np.random.default_rng(seed)
        for index in range(splits.get(split, images)):
            coarse = rng.integers(0, 256, (size[0] // 4, size[1] // 4, 3), dtype=np.uint8)
            image = coarse.repeat(4, axis=0).repeat(4, axis=1)
            Image.fromarray(image).save(folder / f"{index}.png")
            Image.fromarray(image[..., 0] // 64).save(folder / f"{index}-colour.png")
            np.save(folder / f"{index}-depth.npy", (1 + image[..., 1] / 128).astype(np.float32))
    return root


def arguments(folder: Path, root: Path, memory_gb: float, *more: str) -> list[str]:
    """Command-line arguments for a search over the pictures in ``root``; their configuration is put into ``folder``."""
    conf = folder / "conf" / "data"
    conf.mkdir(parents=True, exist_ok=True)
    (conf / "pictures.yaml").write_text(CONF.format(root=root, memory=memory_gb))
    few = ("trainer.epochs=2", "trainer.batch_size=8", "baselines.seeds=1", "tracking=none", "trials=2")
    return ["--config-dir", str(conf.parent), "data=pictures", *NETWORK, *few, "sampler=exhaustive", *more]


@dataclass(frozen=True)
class Rows:
    """Reads the files of one split."""

    folder: Path
    count: int
    tasks: tuple[Task, ...]

    def __len__(self) -> int:
        return self.count

    def read(self, index: int) -> Sample:
        return Sample(
            self._decoded(self.folder / f"{index}.png"), {task.name: self._target(task, index) for task in self.tasks}
        )

    def _target(self, task: Task, index: int) -> np.ndarray:
        path = self.folder / f"{index}-{task.name}.{'npy' if task.name == 'depth' else 'png'}"
        return task.decode(self._decoded(path)[None], str(path))[0]

    def _decoded(self, path: Path) -> np.ndarray:
        try:
            return np.load(path, allow_pickle=False) if path.suffix == ".npy" else np.asarray(Image.open(path))
        except (OSError, ValueError) as error:
            raise DataError(f"{path}: cannot be read ({error}); copy it again") from error


@dataclass(frozen=True)
class Pictures:
    """Files of `write_pictures`; no choice of tasks, so it has the least that a data set must have, and samples."""

    root: str
    loading: Loading = field(default_factory=Loading)
    size: tuple[int, int] = (16, 16)
    name: str = "pictures"

    @property
    def selected(self) -> tuple[Task, ...]:
        return tuple(TASKS.values())

    @property
    def fingerprint(self) -> str:
        digest = hashlib.sha256()
        for path in sorted(Path(self.root).rglob("*.*")):
            digest.update(path.name.encode() + path.read_bytes())
        return digest.hexdigest()[:16]

    def samples(self, split: str, only: Sequence[str] | None = None) -> Any:
        folder = Path(self.root) / split
        return Rows(
            folder, len(list(folder.glob("*-depth.npy"))), tuple(TASKS[n] for n in TASKS if only is None or n in only)
        )

    def check(self) -> None:
        """Damage is met where the files are read."""

    def load(self, split: str, only: Sequence[str] | None = None) -> Arrays:
        return gather_samples(self.samples(split, only))
