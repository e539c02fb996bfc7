"""The file of a sheet of predictions: the names of its columns above it, and what its colours mean below."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from spaces.common.atomic_files import replacing

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont

WIDE = 112  # pixels of a column, at least, so that names find room: our choice
LINE, SIZE, EDGE, BAR = 18, 12, 6, 90  # pixels of a line, a letter, a margin, a scale
INK = "#1d2126"
WHITE = 250  # of 255: what a palette makes of white
PLACE = "sheet"  # text in the PNG: where the sheet alone is, and how often each of its pixels was repeated


def save_keyed_sheet(path: Path, sheet: np.ndarray, columns: Sequence[str], keys: Mapping[str, Any]) -> None:
    """Write the sheet with its names and colours, replacing an older file at one stroke.

    Args:
        path: of the PNG.
        sheet: (height, width, 3) uint8, columns of one width.
        columns: "task, kind" or one word, from the left.
        keys: of each task "classes" as pairs of name and colour, "words", or "low", "high" and "unit" of a scale.
    """
    from PIL import Image, ImageDraw, PngImagePlugin  # pillow: 0.1 s, only drawing wants it

    factor = max(1, math.ceil(WIDE * len(columns) / sheet.shape[1]))
    grown = Image.fromarray(sheet.repeat(factor, 0).repeat(factor, 1))
    font = _load_font()
    marks = list(_place_keys(keys, font, grown.width))
    top = 2 * LINE + EDGE
    bottom = top + grown.height + EDGE
    picture = Image.new(
        "RGB", (grown.width, bottom + LINE * (1 + max((line for line, *_ in marks), default=-1))), "white"
    )
    picture.paste(grown, (0, top))
    draw = ImageDraw.Draw(picture)
    _write_heads(draw, columns, grown.width / len(columns), font)
    for line, x, kind, value in marks:
        _draw_mark(draw, x, bottom + line * LINE, kind, value, font)
    told = PngImagePlugin.PngInfo()
    told.add_text(PLACE, f"{top} {grown.height} {factor}")
    with replacing(path) as temporary:
        picture.quantize(256).save(temporary, format="PNG", optimize=True, pnginfo=told)


def read_sheet(path: Path) -> bytes | None:
    """The PNG of the sheet alone, gaps transparent; None where the file is none that `save_keyed_sheet` wrote."""
    from PIL import Image  # pillow: as above

    with Image.open(path) as picture:
        place = picture.info.get(PLACE, "")
        if not place:
            return None
        top, height, factor = map(int, place.split())
        sheet = picture.crop((0, top, picture.width, top + height))
        small = sheet.resize((sheet.width // factor, height // factor), Image.Resampling.NEAREST)
    content = io.BytesIO()
    clear, free = _clear_gaps(small)
    clear.save(content, format="PNG", optimize=True, transparency=free)
    return content.getvalue()


def _clear_gaps(sheet: Image) -> tuple[Image, int]:
    """Lines that are white all along in a colour of their own, and its place: on a dark page they would be a frame."""
    from PIL.Image import fromarray  # pillow: as above

    places = np.asarray(sheet).copy()
    palette = np.resize(sheet.getpalette() or [0] * 3, (256, 3))
    white = (palette.min(1) >= WHITE)[places]
    used = np.bincount(places.ravel(), minlength=256)
    free = int(used.argmin())
    # Where all 256 places are taken, the rarest colour gives its own up for the nearest.
    far = np.where(used > 0, np.abs(palette - palette[free]).sum(1), 1000)
    far[free] = 1000
    places[places == free] = far.argmin()
    places[white.all(1)] = free
    places[:, white.all(0)] = free
    clear = fromarray(places, "P")
    clear.putpalette(palette.astype(np.uint8).tobytes())
    return clear, free


def _load_font() -> FreeTypeFont:
    # pillow and matplotlib: as above; the letters that matplotlib brings know most alphabets
    from matplotlib import get_data_path
    from PIL import ImageFont

    return ImageFont.truetype(str(Path(get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"), SIZE)


def _write_heads(draw: ImageDraw, columns: Sequence[str], width: float, font: FreeTypeFont) -> None:
    """The task above its first column, and above each column which one it is."""
    before = ""
    for place, column in enumerate(columns):
        task, _, kind = column.rpartition(", ")
        if task and task != before:
            span = sum(each.rpartition(", ")[0] == task for each in columns)
            draw.text((place * width + 2, 2), _shorten(task, span * width - 4, font), INK, font)
        draw.text((place * width + 2, 2 + LINE), _shorten(kind, width - 4, font), INK, font)
        before = task


def _shorten(words: str, width: float, font: FreeTypeFont) -> str:
    while font.getlength(words) > width and len(words) > 2:
        words = words.rstrip("…")[:-1] + "…"
    return words


def _place_keys(keys: Mapping[str, Any], font: FreeTypeFont, width: float) -> Iterator[tuple[int, float, str, Any]]:
    """Line, place across, kind and value of all that stands below a sheet; what finds no room goes on below."""
    line = 0
    for task, key in keys.items():
        x = float(EDGE)
        room = width - 4 * EDGE - SIZE - 4
        for kind, value in [("words", _shorten(f"{task}:", room, font)), *_list_marks(key, room, font)]:
            needed = _measure(kind, value, font)
            if x > EDGE and x + needed > width:
                line, x = line + 1, float(3 * EDGE)
            yield line, x, kind, value
            x += needed + EDGE
        line += 1


def _list_marks(key: Mapping[str, Any], room: float, font: FreeTypeFont) -> list[tuple[str, Any]]:
    if "classes" in key:
        return [("class", (_shorten(name, room, font), colour)) for name, colour in key["classes"]]
    if "words" in key:
        return [("words", key["words"])]
    return [("words", f"{key['low']:g}"), ("scale", None), ("words", f"{key['high']:g} {key['unit']}".rstrip())]


def _measure(kind: str, value: Any, font: FreeTypeFont) -> float:
    if kind == "scale":
        return BAR
    return SIZE + 4 + font.getlength(value[0]) if kind == "class" else font.getlength(value)


def _draw_mark(draw: ImageDraw, x: float, y: float, kind: str, value: Any, font: FreeTypeFont) -> None:
    if kind == "words":
        draw.text((x, y), value, INK, font)
    elif kind == "class":
        name, colour = value
        draw.rectangle((x, y + 2, x + SIZE - 1, y + 1 + SIZE), fill=colour, outline=INK)
        draw.text((x + SIZE + 4, y), name, INK, font)
    else:
        from matplotlib import colormaps  # matplotlib: as above

        for step in range(BAR):
            colour = tuple(int(255 * part) for part in colormaps["viridis"](step / (BAR - 1))[:3])
            draw.line((x + step, y + 2, x + step, y + 1 + SIZE), fill=colour)
