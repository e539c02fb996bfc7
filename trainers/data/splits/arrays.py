"""What a data set hands to training: images with canonical targets, checked to belong together.

Every data set turns the raw arrays of a split into ``Arrays`` here, right after reading or making them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from spaces.errors import DataError
from trainers.tasks import Task

SPLITS = ("train", "val", "test")
FEWEST_TO_TRAIN = 2
"""Images of the training split: batch normalisation compares the images of a batch."""


@dataclass(frozen=True, eq=False)
class Arrays:
    """One split.

    Args:
        images: (N, H, W, 3) uint8 RGB.
        targets: by task name, (N, ...) in the task's canonical form; none where the target is the image.
    """

    images: np.ndarray
    targets: dict[str, np.ndarray]

    def __len__(self) -> int:
        return len(self.images)


def check_split(split: str) -> None:
    """Refuse what is not the name of a split.

    Raises:
        DataError: naming those there are.
    """
    if split not in SPLITS:
        raise DataError(f"split {split!r}: want one of {', '.join(SPLITS)}")


def image_problem(shape: Sequence[int], dtype: np.dtype) -> str | None:
    """What is wrong with an array of images, or None."""
    given = f"given: {dtype}, shape {tuple(shape)}"
    if dtype != np.uint8 or len(shape) != 4 or shape[3] != 3:
        return f"images are not uint8 RGB ({given}); want uint8 of shape (N, H, W, 3)"
    if 0 in shape:
        return f"an empty split ({given}); want at least one image"
    return None


def target_problem(shape: Sequence[int], images: Sequence[int], *, dense: bool = True) -> str | None:
    """What in the shape of a raw target does not go with images of the given shape, or None.

    Dense targets may hold their values last or first, (N, H, W, C) or (N, C, H, W); the task looks at C. Those of whole
    images are (N,) or (N, C).
    """
    count, height, width = images[:3]
    if len(shape) == 0 or shape[0] != count:
        length = shape[0] if len(shape) else "no"
        return f"wrong length: {length} targets for {count} images; want one an image, in the same order"
    if not dense:
        if len(shape) > 2:
            return f"wrong shape {tuple(shape)}: want labels of whole images, ({count},) or ({count}, C)"
        return None
    if (height, width) not in (tuple(shape[1:3]), tuple(shape[2:4])):
        return (
            f"wrong shape {tuple(shape)}: images have {height}x{width} pixels; "
            f"want ({count}, {height}, {width}) or ({count}, {height}, {width}, C), resized as the images are"
        )
    return None


def decode_arrays(task: Task, raw: np.ndarray, images: np.ndarray, where: str) -> np.ndarray:
    """Canonical targets of a split.

    Args:
        task: whose targets they are.
        raw: the array as stored.
        images: (N, H, W, 3) of the same split.
        where: names the array in messages.

    Raises:
        DataError: the array does not fit the images or the task.
    """
    problem = target_problem(raw.shape, images.shape, dense=task.dense)
    if problem:
        raise DataError(f"{where}: {problem}")
    target = task.decode(raw, where)
    if target.shape[0] != len(images) or (task.dense and target.shape[-2:] != images.shape[1:3]):
        raise DataError(
            f"{where}: wrong shape {raw.shape}: task {task.name!r} reads it as {target.shape}, "
            f"images have shape {images.shape}; want the values of a pixel last, (N, H, W, C)"
        )
    return target


def list_wanted(tasks: Sequence[Task], only: Sequence[str] | None) -> tuple[Task, ...]:
    """The tasks whose targets are stored and asked for.

    Args:
        tasks: of the data set.
        only: names to which to restrict them; None for all.

    Raises:
        DataError: a name that is not among the tasks.
    """
    by_name: Mapping[str, Task] = {task.name: task for task in tasks}
    unknown = [name for name in only or () if name not in by_name]
    if unknown:
        raise DataError(f"only: unknown task {', '.join(unknown)}; want among {', '.join(by_name)}")
    return tuple(t for t in tasks if not t.target_from_image and (only is None or t.name in only))
