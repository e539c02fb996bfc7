"""Predictions of a trained network: the way from arrays of images to answers in the tasks' own units.

The last step of the flow, after `measure`; images are prepared as in training, and answers are NumPy arrays again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import torch

from spaces.errors import DataError
from trainers.batches.memory import Split
from trainers.tasks.task import Task

PIXELS = 2**18
"""Of the images in one forward pass, at least one image: bounds memory, whatever their size. Our choice."""


def predict(
    network: torch.nn.Module, images: np.ndarray, tasks: Sequence[Task], stride: int, own: tuple[int, int] = (0, 0)
) -> dict[str, np.ndarray]:
    """Answer every task for every image.

    Args:
        network: ``(B, 3, H, W) in [0, 1] -> {task: (B, C, H, W) or (B, C)}``; used where it lies, left
            in evaluation mode.
        images: (N, H, W, 3) uint8 RGB, any N.
        tasks: which outputs are wanted.
        stride: H and W must be multiples of it, in pixels, or those of ``own``.
        own: (height, width) of the images that it was trained on.

    Returns:
        By task, what its ``answer`` gives: (N, H, W), or (N, H, W, C) for several values a pixel; of whole images (N,)
        or (N, C).

    Raises:
        DataError: the images are of another type or shape, or their size does not go with the stride.
    """
    _check(images, stride, own)
    network.eval()
    answers: dict[str, list[np.ndarray]] = {task.name: [] for task in tasks}
    with torch.inference_mode():
        for batch in _batches(images, next(network.parameters()).device):
            outputs = network(batch)
            for task in tasks:
                answers[task.name].append(task.answer(outputs[task.name]).cpu().numpy())
    return {name: np.concatenate(parts) for name, parts in answers.items()}


def _batches(images: np.ndarray, device: torch.device) -> Iterator[torch.Tensor]:
    size = max(1, PIXELS // (images.shape[1] * images.shape[2]))
    # A batch of none still says of what shape and type answers are.
    for start in range(0, max(1, len(images)), size):
        copy = np.array(images[start : start + size], order="C")  # torch takes neither read-only nor mirrored arrays
        split = Split(torch.from_numpy(copy).permute(0, 3, 1, 2).to(device), {})
        yield split.batch(slice(None), ())[0]


def _check(images: Any, stride: int, own: tuple[int, int]) -> None:
    if not isinstance(images, np.ndarray):
        raise DataError(f"images are a {type(images).__name__}; want a numpy array, as numpy.stack makes of a list")
    if images.dtype != np.uint8 or images.ndim != 4 or images.shape[3] != 3:
        given = f"images are {images.dtype} of shape {images.shape}"
        raise DataError(f"{given}; want uint8 RGB of shape (N, H, W, 3){_way(images)}")
    height, width = images.shape[1:3]
    rows, columns = height - height % stride, width - width % stride
    if (height, width) == own:
        return
    if (height, width) != (rows, columns) or 0 in (rows, columns):
        or_own = f", or {own[0]}x{own[1]}, as it was trained on" if any(pixels % stride for pixels in own) else ""
        crop = "" if 0 in (rows, columns) else f"crop them, images[:, :{rows}, :{columns}], or "
        raise DataError(
            f"images are of {height}x{width} pixels; want height and width in multiples of {stride}, the network's "
            f"stride{or_own}: {crop}resize or pad them"
        )


def _way(images: np.ndarray) -> str:
    """How images of a usual other form are brought to ours."""
    shape = images.shape
    if len(shape) == 3 and shape[2] == 3:
        return "; images[None] is a batch of one image"
    if len(shape) == 4 and shape[1] == 3 and shape[3] != 3:
        return "; images.transpose(0, 2, 3, 1) has the colours last"
    if len(shape) == 4 and shape[3] == 4:
        return "; images[..., :3] is without the fourth channel"
    if len(shape) == 4 and shape[3] == 3 and images.dtype.kind == "f":
        return "; (255 * images).round().astype(numpy.uint8) if they hold fractions"
    return ""
