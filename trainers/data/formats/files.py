"""Reads single image and array files, so that a bad one is a message: no pickles, no torn files, no lossy surprises.

What every data set of many files is read with; one function for images, one for whatever targets lie in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from PIL import Image, UnidentifiedImageError

from spaces.errors import DataError
from trainers.data.formats.archive import read_arrays, read_headers
from trainers.data.formats.grey import find_grey, restore_grey
from trainers.data.formats.opening import keep_stored, loses_bits, opened, turn_upright

IMAGES = (".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp", ".gif")
SUFFIXES = (*IMAGES, ".npy", ".npz", ".mat")


def read_array(path: Path, variable: str | None = None) -> np.ndarray:
    """The values in a file, as they are stored.

    Args:
        path: an image (palette images give their ids, grey of few bits its numbers, 16-bit ones uint16), a .npy array,
            which is mapped and not copied, a .npz archive, or a .mat file of MATLAB up to version 7.
        variable: name of the array in a .npz or .mat file; not needed if there is one alone.

    Returns:
        ``(H, W)`` or ``(H, W, C)`` of an image, any shape else.

    Raises:
        DataError: the file is missing, damaged, of another kind, or holds Python objects.
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise DataError(f"{path}: cannot tell how to read it; want a file that ends in {', '.join(SUFFIXES)}")
    with readable(path):
        if suffix in IMAGES:
            return _pixels(path)
        if suffix == ".npy":
            array = np.load(path, mmap_mode="r", allow_pickle=False)
            if isinstance(array, np.ndarray):
                return array
            array.close()
            raise DataError(f"{path}: an archive of arrays (.npz); want one array, as numpy.save writes it")
        if suffix == ".npz":
            name = _pick(path, variable, list(read_headers(path)))
            return read_arrays(path, [name])[name]
        return _variable(path, variable)


def read_image(path: Path, turn: Callable[[Image.Image], Image.Image] = turn_upright) -> np.ndarray:
    """An image as ``(H, W, 3)`` uint8 RGB.

    Palettes are resolved, grey is repeated, transparency dropped; floats in [0, 1] become 0..255. It is turned as a
    camera noted beside it (EXIF), for so every viewer shows it, and tools in which masks are drawn; `keep_stored`
    leaves it as it lies in the file.

    Raises:
        DataError: as ``read_array``, or the values are no image.
    """
    if path.suffix.lower() not in IMAGES:
        return make_rgb(read_array(path), str(path))
    with readable(path), opened(path) as image:
        if image.mode[0] not in "IF":  # 16 bits and more would be cut off
            turned = turn(image)
            return np.asarray(turned if turned.mode == "RGB" else turned.convert("RGB"))
    raise DataError(f"{path}: an image of more than 8 bits a channel (mode {image.mode}); want 8-bit RGB")


def make_rgb(array: np.ndarray, where: str) -> np.ndarray:
    """Values of one image as ``(H, W, 3)`` uint8: channels may come first, be one or four, or be floats in [0, 1].

    Raises:
        DataError: the shape or the values are no image.
    """
    given = f"given: {array.dtype}, shape {array.shape}"
    if array.ndim == 3 and array.shape[2] not in (1, 3, 4) and array.shape[0] in (1, 3):
        array = np.moveaxis(array, 0, 2)
    if array.ndim == 2:
        array = array[..., None]
    if array.ndim != 3 or array.shape[2] not in (1, 3, 4) or array.size == 0:
        raise DataError(f"{where}: no image ({given}); want (H, W, 3), (3, H, W) or (H, W)")
    array = array[..., :3]
    if array.dtype.kind == "f":
        low, high = float(array.min()), float(array.max())
        if not (low >= -0.01 and high <= 1.01):  # resizing overshoots a little; NaN is refused
            raise DataError(
                f"{where}: image of floats {low:.4g}..{high:.4g}; want [0, 1], with no mean or standard deviation "
                "taken off, or uint8"
            )
        array = np.rint(np.clip(array, 0, 1) * 255).astype(np.uint8)
    if array.dtype != np.uint8:
        raise DataError(f"{where}: no image ({given}); want uint8, or floats in [0, 1]")
    return np.ascontiguousarray(np.broadcast_to(array, (*array.shape[:2], 3)))


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """Turn whatever a bad file raises into one message with its path.

    Raises:
        DataError: in place of what was raised.
    """
    try:
        yield
    except FileNotFoundError as error:
        raise DataError(f"{path}: no such file; copy it there, or mend the pattern that names it") from error
    except DataError:
        raise
    except MemoryError as error:
        raise DataError(f"{path}: does not fit in memory; make it smaller, or cut it into tiles") from error
    except NotImplementedError as error:  # SciPy's answer to MATLAB 7.3
        raise DataError(f"{path}: cannot be read ({error}); save it with -v7") from error
    except Exception as error:  # what a damaged file, or a reader of the user's own, raises may be anything
        pickled = "allow_pickle" in str(error) or "Python objects" in str(error)
        mend = "Python objects are never loaded; save plain numbers" if pickled else "copy the file again"
        told = "" if pickled else f" ({error})"  # NumPy's words on pickles advise to load them without care
        what = _find_stand_in(path, error) or f"it is damaged or of another kind: {mend}"
        raise DataError(f"{path}: cannot be read{told}; {what}") from error


def _find_stand_in(path: Path, error: Exception) -> str:
    """What lies in place of what can be read, and how to mend it; "" where nothing is known."""
    try:
        with open(path, "rb") as file:
            start = file.read(64).lstrip().lower()
    except OSError:
        return ""
    if start.startswith(b"version https://git-lfs"):
        return "it is a pointer of Git LFS to the file: git lfs pull fetches that"
    if start.startswith((b"<!doctype html", b"<html")):
        return "it is a web page, as a server sends that refuses a download: fetch the file again"
    if start.startswith((b"ii*\0", b"mm\0*")) and isinstance(error, UnidentifiedImageError):
        return (
            "it is damaged, or a TIFF of numbers that cannot be read, such as floats of 64 or 16 bits or several a "
            "pixel: save it as .npy"
        )
    return "" if start else "it is empty: copy the file again"


def _pixels(path: Path) -> np.ndarray:
    with opened(path) as image:
        if loses_bits(image):
            raise DataError(
                f"{path}: 16 bits in each of {len(image.getbands())} channels (mode {image.mode}), of which only 8 "
                "would be read; save it as one .npy array"
            )
        grey = find_grey(image)  # before pixels are read
        array = restore_grey(np.asarray(keep_stored(image)), grey)
    # Some versions of Pillow open 16-bit grey as 32-bit integers.
    return array.astype(np.uint16) if array.dtype == np.int32 and array.min() >= 0 and array.max() < 2**16 else array


def _variable(path: Path, name: str | None) -> np.ndarray:
    from scipy.io import loadmat  # scipy: 0.2 s, few data sets hold .mat files

    try:
        content = loadmat(path)
    except (OSError, NotImplementedError):
        raise
    except Exception as error:  # of SciPy's own, and whatever torn bytes lead to
        raise ValueError(str(error)) from error
    found = {key: value for key, value in content.items() if not key.startswith("__")}
    return found[_pick(path, name, list(found))]


def _pick(path: Path, name: str | None, found: list[str]) -> str:
    """The variable that is meant: the one that is named, or the only one."""
    if name is None and len(found) == 1:
        return found[0]
    if name is None or name not in found:
        wanted = "which of its variables is not said" if name is None else f"no variable {name!r}"
        raise DataError(f"{path}: {wanted}, it has {', '.join(found) or 'none'}; say array: NAME in the specification")
    return name
