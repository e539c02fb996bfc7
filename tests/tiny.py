"""A problem so small that a training takes a fraction of a second: real files, real tasks, a real network."""

from __future__ import annotations

from pathlib import Path

import numpy as np

SPEC = """\
image: image
tasks:
  colour: {kind: segmentation, classes: 4}
  depth: {kind: depth, invalid: 0}
  brightness: {kind: regression, unit: grey}
"""

NETWORK = ("network.encoder_widths=[4,4]", "network.decoder_width=4")


def write_tiny(folder: Path, images: int = 16, size: int = 16) -> Path:
    """Write train, val and test archives and spec.yaml with three tasks; equal calls write equal files."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "spec.yaml").write_text(SPEC)
    for seed, split in enumerate(("train", "val", "test")):
        rng = np.random.default_rng(seed)
        coarse = rng.integers(0, 256, (images, size // 4, size // 4, 3), dtype=np.uint8)
        image = coarse.repeat(4, axis=1).repeat(4, axis=2)
        np.savez(
            folder / f"{split}.npz",
            image=image,
            colour=image[..., 0] // 64,
            depth=(1 + image[..., 1] / 128).astype(np.float32),
            brightness=(image.mean(-1) / 255).astype(np.float32),
        )
    return folder


def arguments(folder: Path, *more: str) -> list[str]:
    """Command-line arguments for a search over the tiny problem, in this process and on one CPU.

    With ``sampler=frontier`` where no sampler is given, whose trainings are the shortest.
    """
    chosen = any(each.startswith("sampler=") for each in more)
    return [
        "data=npz",
        f"data.root={folder}",
        f"data.spec={folder / 'spec.yaml'}",
        *NETWORK,
        "trainer.epochs=1",
        "trainer.batch_size=8",
        "baselines.seeds=1",
        "runner=inline",
        "tracking=none",
        *([] if chosen else ["sampler=frontier"]),
        *more,
    ]
