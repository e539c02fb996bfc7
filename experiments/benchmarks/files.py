"""A data set of 480x640 files for `experiments.benchmarks.throughput`, drawn and written for the while.

Each sample is what NYUv2 has in its published folders: a picture as JPEG, classes and normals as PNG, depth as .npy.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

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


def written(root: Path, images: int) -> Folder:
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
