"""Photos of any size and orientation, as an exported network takes them."""

from __future__ import annotations

import glob
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, UnidentifiedImageError

from spaces.common.home import expand_home
from spaces.errors import ConfigError, DataError
from spaces.networks.modules.padding import Size
from trainers.data.formats.files import IMAGES, read_image
from trainers.data.formats.opening import count_pages, open_any
from trainers.data.formats.resizing import resized_image

PAGED = (".tif", ".tiff")
PHONES = (".heic", ".heif")  # which Pillow does not read; in a folder they are named, not left out without a word
SUFFIXES = (*sorted(Image.registered_extensions()), *PHONES)


def list_photos(given: Sequence[str]) -> list[Path]:
    """Files as named, those that fit a glob, and the pictures of folders, each once in the order given.

    Raises:
        ConfigError: a name that nothing has, or a folder without pictures.
    """
    found: dict[Path, None] = {}
    for name in given:
        path = expand_home(name, "images")
        if path.is_dir():
            inside = sorted(each for each in path.iterdir() if _is_picture(each))
        else:
            inside = [path] if path.exists() else sorted(map(Path, glob.glob(str(path), recursive=True)))
        if not inside:
            what = "holds no pictures" if path.is_dir() else "is no file, and no file fits it"
            raise ConfigError(f"{name} {what}; want image files, folders of them, or a glob in quotes, such as '*.jpg'")
        found |= dict.fromkeys(inside)
    return list(found)


@dataclass(frozen=True)
class Photo:
    """One that was read.

    Args:
        pixels: (H, W, 3) uint8 RGB, of the network's size.
        size: its own height and width.
    """

    pixels: np.ndarray
    size: Size

    @property
    def squeeze(self) -> float:
        """By what its proportions were changed: 1 where they were not, 2 where one side was halved beside the other."""
        (height, width), (own_height, own_width) = self.pixels.shape[:2], self.size
        ratio = (own_width * height) / (own_height * width)
        return max(ratio, 1 / ratio)


def read_photo(path: Path, size: Size) -> Photo:
    """Read as training reads images, and brought to the network's size.

    Raises:
        DataError: it is no picture, a damaged one, several, or a link to nothing.
    """
    if path.exists() and not path.is_file():  # a pipe is waited for without end
        raise DataError(f"{path} is no file with a picture; leave it out, or name a picture")
    if path.suffix.lower() not in IMAGES:
        raise DataError(
            f"{path} ends in {path.suffix or 'nothing'}, and photos in {', '.join(IMAGES)} are read; leave it out, or "
            "save it as PNG or JPEG"
        )
    try:
        with open_any(path) as image:
            pages = count_pages(image)
    except UnidentifiedImageError as error:
        raise DataError(f"{path} is no picture of a known format; leave it out, or save it as PNG or JPEG") from error
    except OSError as error:
        if path.is_symlink() and not path.exists():
            raise DataError(
                f"{path} is a link to {os.readlink(path)}, which is not there; mend or remove it"
            ) from error
        raise DataError(f"{path} cannot be read ({error.strerror or error}); leave it out, or copy it again") from error
    if pages > 1:
        what = "pages" if path.suffix.lower() in PAGED else "frames, as animations do"
        raise DataError(
            f"{path} holds {pages} {what}, and a photo is one picture; save those that you want as files of their own, "
            "such as PNG (of animations ffmpeg -i FILE frame-%03d.png does it), and name these"
        )
    pixels = read_image(path)
    return Photo(resized_image(pixels, size), (pixels.shape[0], pixels.shape[1]))


def _is_picture(path: Path) -> bool:
    there = path.is_file() or (path.is_symlink() and not path.exists())  # links to nothing are named when they are read
    return there and not path.name.startswith(".") and path.suffix.lower() in SUFFIXES
