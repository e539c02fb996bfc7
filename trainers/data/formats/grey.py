"""How numbers of one value a pixel lie in image files, and what they are where Pillow shows others."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass

import numpy as np
from PIL import Image

GREY = re.compile(r"(?:L|1)(?:;(?P<bits>[24])?(?P<inverted>I)?R?)?")
"""Pillow's word for grey in files: of 2 or 4 bits it makes 8 by stretching (ids of 2 bits become 0, 85, 170 and 255),
and where white is 0 (I, of TIFF) it turns the numbers round."""
BIG_ENDIAN = re.compile(r"[IF];\d+BS?F?")
"""Its word for numbers whose first byte is the largest. Those of compressed TIFF are in the machine's order when it
gets them, and it turns them round all the same, but for whole ones without a sign."""
KINDS = {(8, 2): "i1", (32, 1): "u4"}
"""NumPy's word for TIFF's bits and sample format, of numbers which Pillow takes for others of as many bits."""


@dataclass(frozen=True)
class Grey:
    """How grey pixels lie in a file.

    Args:
        bits: of a pixel, 2 or 4 where Pillow stretches them; else 8.
        inverted: whether white is 0, so that Pillow shows other numbers than those that are stored.
        kind: what they are where Pillow takes them for something else, such as "i1"; else "".
        swapped: whether Pillow turns round the bytes of numbers of `width` bits.
        width: bits of a number, where they are swapped.
    """

    bits: int = 8
    inverted: bool = False
    kind: str = ""
    swapped: bool = False
    width: int = 0


AS_SHOWN = Grey()


def find_grey(image: Image.Image) -> Grey:
    """How grey pixels lie in the file of an opened image; as Pillow shows them where the image is not grey."""
    found = list_raw_modes(image)
    if image.format == "TIFF" and len(image.getbands()) == 1:
        bits, form = _find_sample(image)
        packed = any(tile[0] == "libtiff" for tile in getattr(image, "tile", ()))
        if packed and sys.byteorder == "little" and any(BIG_ENDIAN.fullmatch(mode) for mode in found):
            return Grey(swapped=True, width=bits)
        if kind := KINDS.get((bits, form)):
            return Grey(kind=kind)
    matches = {GREY.fullmatch(mode) for mode in found}
    match = matches.pop() if len(matches) == 1 else None
    return Grey(int(match["bits"] or 8), match["inverted"] is not None) if match else AS_SHOWN


def restore_grey(array: np.ndarray, grey: Grey) -> np.ndarray:
    """The numbers that are stored, of those that Pillow shows."""
    if grey.swapped:
        stored = np.dtype(f"{array.dtype.kind}{grey.width // 8}")
        return array.astype(stored).byteswap().astype(array.dtype)
    if grey.kind:
        other = array.view(grey.kind)  # the same where the sign's bit is 0
        return array if (other == array).all() else other
    if grey.inverted:
        array = ~array if array.dtype == bool else 255 - array
    return array // (255 // (2**grey.bits - 1)) if grey.bits < 8 else array


def list_raw_modes(image: Image.Image) -> list[str]:
    """How pixels lie in the file of an opened image, in Pillow's words."""
    codecs = [tile[3] for tile in getattr(image, "tile", ())]
    modes = [codec[0] if isinstance(codec, tuple) and codec else codec for codec in codecs]
    return [mode for mode in modes if isinstance(mode, str)]


def _find_sample(image: Image.Image) -> tuple[int, int]:
    """TIFF's bits of a number, and its sample format: 1 without a sign, 2 with one, 3 a float."""
    tags = image.tag_v2  # type: ignore[attr-defined]  # of TIFF alone
    return int(tags.get(258, (1,))[0]), int(tags.get(339, (1,))[0])
