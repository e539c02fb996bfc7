"""What processing does to images: contrast, JPEG, pixelation, saturation.

Strengths are those of Hendrycks & Dietterich (2019), but for saturation, where theirs first falls and then rises; ours
only rises, so that severities are in order. Their elastic transformation moves pixels about, so it is left out.
"""

from __future__ import annotations

import io

import numpy as np

from trainers.robustness.corruptions.corruption import Corruption, Draws

FAMILY = "digital"


def lower_contrast(images: np.ndarray, strength: float, draws: Draws) -> np.ndarray:
    """So much of the difference to each channel's mean is left."""
    mean = images.mean((1, 2), keepdims=True)
    return mean + np.float32(strength) * (images - mean)


def compress_jpeg(images: np.ndarray, strength: float, draws: Draws) -> np.ndarray:
    """Written as JPEG of a quality and read again."""
    from PIL import Image  # Pillow: 0.1 s, commands that know the names alone do without

    read = []
    for image in np.rint(images * 255).astype(np.uint8):
        file = io.BytesIO()
        Image.fromarray(image).save(file, format="JPEG", quality=int(strength))
        with Image.open(file) as again:
            read.append(np.asarray(again.convert("RGB"), np.float32) / 255)
    return np.stack(read)


def pixelate(images: np.ndarray, strength: float, draws: Draws) -> np.ndarray:
    """Means over blocks, a share of as many as there are pixels a side, spread over their pixels again."""
    rows, columns = (_number_blocks(size, strength) for size in images.shape[1:3])
    small = np.add.reduceat(np.add.reduceat(images, _starts(rows), 1), _starts(columns), 2)
    counts = np.bincount(rows)[:, None, None] * np.bincount(columns)[None, :, None]
    means = small / counts.astype(np.float32)
    return means.take(rows, axis=1).take(columns, axis=2)


def saturate(images: np.ndarray, strength: float, draws: Draws) -> np.ndarray:
    """Saturation so many times as high, as far as it goes; hue and value stay (HSV), grey stays grey."""
    value, least = images.max(3, keepdims=True), images.min(3, keepdims=True)
    saturation = (value - least) / np.maximum(value, 1e-6)
    factor = np.minimum(np.float32(strength), 1 / np.maximum(saturation, 1e-6))
    return value - (value - images) * factor


def _number_blocks(size: int, share: float) -> np.ndarray:
    """The block of each pixel of a side."""
    return np.arange(size) * max(1, round(size * share)) // size


def _starts(blocks: np.ndarray) -> np.ndarray:
    return np.flatnonzero(np.diff(blocks, prepend=-1))


DIGITAL = (
    Corruption("contrast", FAMILY, (0.4, 0.3, 0.2, 0.1, 0.05), lower_contrast),
    Corruption("jpeg", FAMILY, (25, 18, 15, 10, 7), compress_jpeg),
    Corruption("pixelate", FAMILY, (0.6, 0.5, 0.4, 0.3, 0.25), pixelate),
    Corruption("saturate", FAMILY, (1.5, 2, 3, 5, 10), saturate),
)
