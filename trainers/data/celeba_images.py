"""The images of CelebA, read one by one."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from spaces.errors import DataError
from trainers.data.splits.samples import Sample


@dataclass(frozen=True, eq=False)
class Faces:
    """One split; reading follows ``trainers.data.splits.samples.Samples``.

    Args:
        folder: of the images.
        names: of their files.
        targets: by task name, (N, attributes) int8.
        side: height and width of the samples, in pixels.
    """

    folder: Path
    names: tuple[str, ...]
    targets: Mapping[str, np.ndarray]
    side: int

    def __len__(self) -> int:
        return len(self.names)

    def read(self, index: int) -> Sample:
        """Read and decode one.

        Raises:
            DataError: the image is missing or damaged, with its path.
        """
        path = self.folder / self.names[index]
        try:
            with Image.open(path) as file:
                resized = file.convert("RGB").resize((self.side, self.side), Image.Resampling.BILINEAR)
        except FileNotFoundError as error:
            raise DataError(f"{path}: no such file; the lists of CelebA name it, copy it there") from error
        # Pillow raises SyntaxError for some broken files.
        except (OSError, ValueError, SyntaxError) as error:
            raise DataError(f"{path}: cannot be read ({error}); it is damaged or no image: copy it again") from error
        return Sample(np.array(resized), {name: rows[index] for name, rows in self.targets.items()})


def list_image_files(folder: Path) -> dict[str, int]:
    """Size in bytes of every image of a folder, by name.

    Raises:
        DataError: there is no such folder.
    """
    try:
        with os.scandir(folder) as entries:
            return {entry.name: entry.stat().st_size for entry in entries if entry.name.endswith(".jpg")}
    except OSError as error:
        raise DataError(f"{folder}: no folder of images ({error.strerror}); want the official *.jpg there") from error
