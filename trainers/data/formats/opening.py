"""Opens image files of any size, and refuses those that hold more than one picture or more bits than are read."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import ExifTags, Image

from spaces.common.free_memory import measure_free_memory
from spaces.errors import DataError
from trainers.data.formats.grey import list_raw_modes

_opening = threading.Lock()
LARGE = 50_000_000
"""Pixels from which on an image is compared with what memory is free."""
COPIES = 4
"""Copies of an image's pixels that are in memory at a time, while it is read and decoded: our choice, by counting."""
REDUCED, MASK = 1, 4
"""Bits of TIFF's NewSubfileType: a page that is a smaller version of another, or what is transparent in it."""
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What brings an image upright, by its EXIF orientation."""
BACK = {6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}
"""What undoes that; the others undo themselves."""


@contextmanager
def opened(path: Path) -> Iterator[Image.Image]:
    """An image file whose pixels are not read yet.

    Raises:
        DataError: it holds several pictures, or does not fit in memory.
    """
    with open_any(path) as image:
        if image.width * image.height > LARGE:
            refuse_large(path, image.size, len(image.getbands()), measure_free_memory())
        pages = count_pages(image)
        if pages > 1:
            raise DataError(
                f"{path}: holds {pages} {'pages' if image.format == 'TIFF' else 'frames'}, of which only the first "
                "would be read; save each as a file of its own, or what belongs to one sample as one .npy array, or "
                "name a function of your own that reads it (read: package.module.function)"
            )
        yield image


def open_any(path: Path) -> Image.Image:
    """An image file, opened and no more: Pillow takes a scan of 180 megapixels for an attack, here memory decides."""
    with _opening:
        limit, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, None
        try:
            return Image.open(path)
        finally:
            Image.MAX_IMAGE_PIXELS = limit


def count_pages(image: Image.Image) -> int:
    """Pictures in a file; smaller versions in a TIFF, and the second of a camera's multi-picture JPEG, are none."""
    frames = getattr(image, "n_frames", 1)
    if frames == 1 or image.format == "MPO":
        return 1
    if image.format != "TIFF":
        return int(frames)
    pages = 0
    for frame in range(frames):
        image.seek(frame)
        pages += not int(image.tag_v2.get(254, 0)) & (REDUCED | MASK)  # type: ignore[attr-defined]  # of TIFF alone
    image.seek(0)
    return pages


def find_orientation(image: Image.Image) -> int:
    """EXIF's orientation of an opened image, 1 (as it is stored) to 8; 1 where there is none, or none that is right."""
    try:
        found = image.getexif().get(ExifTags.Base.Orientation, 1)
    except Exception:  # torn notes beside whole pixels raise anything
        return 1
    return found if found in TURNS else 1


def turn_upright(image: Image.Image) -> Image.Image:
    """The image as every viewer shows it."""
    _load(image)
    turn = TURNS.get(find_orientation(image))
    return image if turn is None else image.transpose(turn)


def loses_bits(image: Image.Image) -> bool:
    """Whether an opened image has 16 bits a channel where Pillow reads 8, as it does for all but grey."""
    return image.mode[0] not in "IF" and any(";16" in mode for mode in list_raw_modes(image))


def keep_stored(image: Image.Image) -> Image.Image:
    """The image with its pixels as they lie in the file."""
    noted = find_orientation(image)
    _load(image)
    turned = find_orientation(image) != noted
    return image.transpose(BACK.get(noted, TURNS[noted])) if turned else image


def _load(image: Image.Image) -> None:
    """Read the pixels, when Pillow turns TIFF by itself and takes the note away."""
    if image.format == "TIFF" and find_orientation(image) > 4:
        # Pillow maps rows as long as they are once they are turned, which mixes pixels, unless no file is named.
        image.filename = ""  # type: ignore[attr-defined]  # of images that were opened
    image.load()


def refuse_large(path: Path, size: tuple[int, int], channels: int, free: int | None) -> None:
    """Refuse an image that does not fit in memory.

    Raises:
        DataError: it does not.
    """
    width, height = size
    need = width * height * max(channels, 2) * COPIES  # 2: grey of 16 bits
    if free is not None and need > free:
        raise DataError(
            f"{path}: image of {width}x{height} = {width * height / 1e6:.0f} megapixels (width x height) is too large: "
            f"reading it takes about {need / 2**30:.1f} GiB, {free / 2**30:.1f} GiB are free; make it smaller, or cut "
            "it into tiles"
        )
