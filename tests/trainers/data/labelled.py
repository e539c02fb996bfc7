"""Small files in the exact form of the published data sets of labelled images."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path

import numpy as np

_NAMES = """
5_o_Clock_Shadow Arched_Eyebrows Attractive Bags_Under_Eyes Bald Bangs Big_Lips Big_Nose Black_Hair Blond_Hair Blurry
Brown_Hair Bushy_Eyebrows Chubby Double_Chin Eyeglasses Goatee Gray_Hair Heavy_Makeup High_Cheekbones Male
Mouth_Slightly_Open Mustache Narrow_Eyes No_Beard Oval_Face Pale_Skin Pointy_Nose Receding_Hairline Rosy_Cheeks
Sideburns Smiling Straight_Hair Wavy_Hair Wearing_Earrings Wearing_Hat Wearing_Lipstick Wearing_Necklace
Wearing_Necktie Young
"""
ATTRIBUTES = tuple(_NAMES.split())


def pictures(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Pictures of 28x28 pixels, each another, whose brightness tells their class."""
    rng = np.random.default_rng(seed)
    labels = np.arange(count, dtype=np.uint8) % 10
    noise = rng.integers(0, 30, (count, 28, 28))
    return (noise + 20 * labels[:, None, None]).astype(np.uint8), labels


def write_fashion(folder: Path, train: int = 30, test: int = 12) -> Path:
    """fashion_mnist.npz."""
    folder.mkdir(parents=True)
    (x_train, y_train), (x_test, y_test) = pictures(train, 0), pictures(test, 1)
    np.savez_compressed(folder / "fashion_mnist.npz", x_train=x_train, y_train=y_train, x_test=x_test, y_test=y_test)
    return folder


def idx(array: np.ndarray) -> bytes:
    """An array of bytes in the form of IDX."""
    return struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape) + array.astype(np.uint8).tobytes()


def write_official(folder: Path, train: int = 30, test: int = 12, *, packed: bool = False) -> Path:
    """The four IDX files, with the content of `write_fashion`."""
    folder.mkdir(parents=True)
    for part, count, seed in (("train", train, 0), ("t10k", test, 1)):
        for what, array in zip(("images", "labels"), pictures(count, seed), strict=True):
            name = f"{part}-{what}-idx{array.ndim}-ubyte"
            content = idx(array)
            if packed:
                (folder / f"{name}.gz").write_bytes(gzip.compress(content))
            else:
                (folder / name).write_bytes(content)
    return folder


def write_celeba(
    folder: Path, counts: tuple[int, int, int] = (6, 3, 4), attributes: tuple[str, ...] = ATTRIBUTES
) -> Path:
    """Images of 178x218 pixels whose colour tells the first attributes, and both lists."""
    from PIL import Image

    for place in ("Img/img_align_celeba", "Anno", "Eval"):
        (folder / place).mkdir(parents=True)
    rng = np.random.default_rng(0)
    labels = rng.random((sum(counts), len(attributes))) < 0.5
    parts = np.repeat(np.arange(3), counts)
    names = [f"{number:06d}.jpg" for number in range(1, sum(counts) + 1)]
    rows = [
        f"{name} " + " ".join(f"{1 if it else -1:>2}" for it in row) for name, row in zip(names, labels, strict=True)
    ]
    head = [str(len(names)), " ".join(attributes) + " "]
    (folder / "Anno" / "list_attr_celeba.txt").write_text("\n".join([*head, *rows]) + "\n")
    partition = [f"{name} {part}" for name, part in zip(names, parts, strict=True)]
    (folder / "Eval" / "list_eval_partition.txt").write_text("\n".join(partition) + "\n")
    for name, row in zip(names, labels, strict=True):
        coarse = rng.integers(0, 90, (6, 5, 3)) + 160 * row[:3]
        Image.fromarray(coarse.astype(np.uint8)).resize((178, 218)).save(folder / "Img" / "img_align_celeba" / name)
    return folder
