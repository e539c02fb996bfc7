"""A data set of 480x640 files for `experiments.benchmarks.throughput`, drawn and written for the while.

Each sample is what NYUv2 has in its published folders: a picture as JPEG, classes and normals as PNG, depth as .npy.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image
from torch.utils.data import Dataset

from trainers.data.folder import Folder
from trainers.data.loading import Loading

SIZE = (480, 640)
SPEC = """\
image: "image/{id}.jpg"
tasks:
  classes: {kind: segmentation, files: "classes/{id}.png", classes: 40, invalid: 255}
  depth: {kind: depth, files: "depth/{id}.npy"}
  normals: {kind: normals, files: "normals/{id}.png", scale: 0.00784313725, offset: -1}
"""


def write_data_set(root: Path, images: int) -> Folder:
    """As many samples, streamed: smooth surfaces with the noise of a camera, so that files are of a usual length."""
    for name in ("image", "classes", "depth", "normals"):
        (root / name).mkdir(parents=True)
    (root / "spec.yaml").write_text(SPEC)
    rng = np.random.default_rng(0)
    for index in range(images):
        coarse = rng.integers(0, 256, (30, 40, 3), dtype=np.uint8)
        smooth = np.asarray(Image.fromarray(coarse).resize(SIZE[::-1], Image.Resampling.BICUBIC))
        noisy = np.clip(smooth + rng.normal(0, 6, smooth.shape), 0, 255).astype(np.uint8)
        Image.fromarray(noisy).save(root / "image" / f"{index}.jpg", quality=95)
        Image.fromarray((smooth[..., 0] // 7).astype(np.uint8)).save(root / "classes" / f"{index}.png")
        vectors = smooth / 127.5 - 1.01
        vectors /= np.linalg.norm(vectors, axis=-1, keepdims=True)
        Image.fromarray((127.5 * (vectors + 1)).round().astype(np.uint8)).save(root / "normals" / f"{index}.png")
        np.save(root / "depth" / f"{index}.npy", (1 + noisy[..., 1] / 32).astype(np.float32))
    return Folder(str(root), str(root / "spec.yaml"), loading=Loading(memory_gb=0.0))


def decode(root: str, index: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Image, classes, depth and normals as Pillow and NumPy hand them out."""
    files = (f"image/{index}.jpg", f"classes/{index}.png", f"normals/{index}.png")
    image, classes, normals = (np.array(Image.open(f"{root}/{name}")) for name in files)
    return image, classes, np.load(f"{root}/depth/{index}.npy"), normals


def decode_all(root: str, rows: Sequence[int]) -> int:
    """Bare decoding, in a process that hands nothing over; the number of images."""
    return sum(len(decode(root, row)[0]) > 0 for row in rows)


class Plain(Dataset):
    """The data set as one writes it by hand: no check, no message, the same targets."""

    def __init__(self, root: str, images: int) -> None:
        self.root, self.images = root, images

    def __len__(self) -> int:
        return self.images

    def __getitem__(self, index: int) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        image, classes, depth, normals = decode(self.root, index)
        classes = classes.astype(np.int16)
        classes[classes == 255] = -1
        vectors = np.ascontiguousarray(normals.transpose(2, 0, 1)).astype(np.float32) / np.float32(127.5) - 1
        vectors /= np.sqrt(np.square(vectors).sum(0, keepdims=True))
        return image, {"classes": classes, "depth": depth[None], "normals": vectors}
