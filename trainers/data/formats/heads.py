"""What an image file's head tells of its values, without reading them: palette, lossy compression, how it is turned."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from trainers.data.formats.files import IMAGES
from trainers.data.formats.grey import AS_SHOWN, Grey, find_grey
from trainers.data.formats.opening import find_orientation, loses_bits, open_any

JPEG = ("JPEG", "MPO")
LOSSY_TIFF = ("jpeg", "tiff_jpeg", "webp")
XMP, RAW_EXIF = b"XML:com.adobe.xmp\0", b"Raw profile type exif\0"
"""Names of a PNG's texts that are notes of a camera; the second is ImageMagick's."""
Colour = tuple[int, ...]


@dataclass(frozen=True)
class Head:
    """What is known of an image file before its pixels.

    Args:
        mode: Pillow's, such as "RGB".
        orientation: EXIF's; 1 where it is as stored.
        lossy: name of a compression that changes values, or "".
        cut: whether it has 16 bits a channel, of which 8 are read.
        palette: colours by id, of an image of index colours.
        grey: how numbers of one value a pixel lie in it.
    """

    mode: str
    orientation: int = 1
    lossy: str = ""
    cut: bool = False
    palette: tuple[Colour, ...] = ()
    grey: Grey = AS_SHOWN


def read_head(path: Path) -> Head | None:
    """The head of an image file; None of other files, and of what cannot be opened, which is told when it is read."""
    if path.suffix.lower() not in IMAGES:
        return None
    try:
        with open_any(path) as image:
            # Pillow reads a PNG's pixels for what may stand behind them.
            turn = find_orientation(image) if image.format != "PNG" or _may_turn(path) else 1
            return Head(image.mode, turn, _lossy(image, path), loses_bits(image), _palette(image), find_grey(image))
    except Exception:  # whatever a damaged file raises
        return None


def explain_turn(path: Path) -> str:
    """What to know where an image's size does not fit and a note in its file turned it; "" without one."""
    head = read_head(path)
    if head is None or head.orientation == 1:
        return ""
    return (
        f"EXIF orientation {head.orientation} in {path} turns the image as every viewer does: want targets of the "
        "image as it is shown, or image: {files: PATTERN, orientation: stored} where they belong to its pixels as they "
        "are stored"
    )


def _may_turn(path: Path) -> bool:
    """Whether a PNG has notes, before its pixels or behind them, that may say how it is turned."""
    with open(path, "rb") as file:
        file.seek(8)  # the signature
        while len(head := file.read(8)) == 8:
            size, kind = int.from_bytes(head[:4]), head[4:]
            if kind == b"eXIf":
                return True
            if kind in (b"iTXt", b"tEXt", b"zTXt"):
                text = file.read(size)
                packed = text.startswith(XMP + b"\1")  # what is compressed Pillow has to look into
                if text.startswith(RAW_EXIF) or (text.startswith(XMP) and (packed or b"Orientation" in text)):
                    return True
                size = 0
            file.seek(size + 4, 1)  # and its check sum
    return False


def _palette(image: Image.Image) -> tuple[Colour, ...]:
    if image.mode != "P" or image.palette is None:
        return ()
    probe = Image.new("P", (1, 1))  # each format has an order of its own
    probe.putpalette(bytes(image.palette.palette), image.palette.rawmode or image.palette.mode)
    values = probe.getpalette() or []
    return tuple(zip(values[::3], values[1::3], values[2::3], strict=True))


def _lossy(image: Image.Image, path: Path) -> str:
    if image.format in JPEG:
        return "JPEG"
    if image.format == "WEBP":
        return "lossy WebP" if _is_lossy_webp(path) else ""
    if image.format == "TIFF" and image.info.get("compression") in LOSSY_TIFF:
        return f"TIFF with {image.info['compression'].removeprefix('tiff_').upper()} compression"
    return ""


def _is_lossy_webp(path: Path) -> bool:
    """Whether a still picture has a chunk "VP8 ", not "VP8L"; in a file that can do more, after others."""
    with open(path, "rb") as file:
        file.seek(12)  # RIFF, size, WEBP
        while len(chunk := file.read(8)) == 8:
            if chunk[:4] in (b"VP8 ", b"VP8L"):
                return chunk[:4] == b"VP8 "
            size = int.from_bytes(chunk[4:], "little")
            file.seek(size + size % 2, 1)
    return False
