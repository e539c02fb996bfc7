"""Shapes of a pattern's drawing: boxes by what their tasks share, and workspaces; for `spaces.drawing.svg`."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from html import escape

from spaces.pattern.exchange import Exchange, Necks, Workspace
from spaces.pattern.mixing import Gated, Mixing, Routed
from spaces.pattern.stage import Group

INK, FAINT = "#2b2f36", "#7c8490"
# Sizes in pixels.
COLUMN, ROW, MARGIN = 72.0, 76.0, 24.0
BLOCK = 34.0  # width of a block
LINE = 19.0  # from one line of words to the next
NAME, WORDS = 17, 15  # letters of tasks' names, and of all others: to be read where the drawing has half its size
LETTER = 9.5  # about the widest a letter of a task name gets
REMEMBERED = 10_000  # shapes: those of thousands of patterns are mostly the same
_NECK = 9.0
_SHOWN = 8  # slots of a workspace that are drawn, at most
_PLAIN = "taller block: higher resolution"
_LEGEND = {
    Routed: "in two parts: routed, what is shared stands left",
    Gated: "dashed: gated, gauges show target rates",
    Workspace: "upright bar: workspace",
    Necks: "small square: a neck of a task's own",
}


@dataclass(frozen=True)
class Box:
    """A thing that lines run through.

    Args:
        column: 0 for the image, then one a stage, then the heads.
        row: of its centre, in rows of tasks.
        width: in pixels.
        height: in pixels.
        tasks: those that run through it, top to bottom.
    """

    column: int
    row: float
    width: float
    height: float
    tasks: Group

    @property
    def x(self) -> float:
        """Of the centre."""
        return place_column(self.column)

    @property
    def top(self) -> float:
        """Of the box."""
        return self.row * ROW - self.height / 2

    @property
    def lane(self) -> float:
        """Height of the band of one task."""
        return self.height / len(self.tasks)

    def y(self, task: str) -> float:
        """Where the line of a task runs."""
        return self.top + (self.tasks.index(task) + 0.5) * self.lane


def place_column(column: int) -> float:
    """Centre of a column."""
    return MARGIN + 30.0 + column * COLUMN


def draw_block(block: Box, mixing: Mixing, colours: Mapping[str, str]) -> tuple[str, ...]:
    """A block by its mixing: one for all of its tasks, one in parts, or one with gates."""
    return _draw_mixed(block, mixing, tuple(colours[task] for task in block.tasks))


@lru_cache(maxsize=REMEMBERED)
def _draw_mixed(block: Box, mixing: Mixing, inks: tuple[str, ...]) -> tuple[str, ...]:
    colours = dict(zip(block.tasks, inks, strict=True))
    if isinstance(mixing, Routed):
        return tuple(_draw_routed(block, mixing, colours))
    if isinstance(mixing, Gated) and len(block.tasks) > 1:
        return tuple(_draw_gated(block, mixing, colours))
    return tuple(_draw_bands(block, block.x - BLOCK / 2, block.width, colours))


def draw_exchange(scale: int, exchange: Exchange, tasks: int) -> Iterator[str]:
    """Behind an encoder stage tasks' own necks, and a workspace: a bar across the lines of all, with its slots."""
    if isinstance(exchange, (Necks, Workspace)) and exchange.neck != "none":
        left = place_column(scale) + COLUMN / 2 - 6 - _NECK
        for row in range(tasks):
            yield (
                f'<rect x="{left:g}" y="{row * ROW - _NECK / 2:.1f}" width="{_NECK:g}" height="{_NECK:g}" rx="2" '
                f'fill="#ffffff" stroke="{INK}" stroke-width="1.5"/>'
            )
    if not isinstance(exchange, Workspace):
        return
    centre, top, height = place_column(scale) + COLUMN / 2, -0.42 * ROW, (tasks - 0.16) * ROW
    yield (
        f'<rect x="{centre - 6:g}" y="{top:.1f}" width="12" height="{height:.1f}" rx="6" fill="#ffffff" '
        f'fill-opacity="0.92" stroke="{INK}" stroke-width="1.5"/>'
    )
    shown = min(exchange.slots, _SHOWN)
    for slot in range(shown):
        middle = top + (slot + 0.5) * height / shown
        yield f'<rect x="{centre - 3:g}" y="{middle - 3:.1f}" width="6" height="6" fill="{FAINT}"/>'
    centred = f'font-size="{WORDS}" text-anchor="middle"'
    yield draw_label(centre, (tasks - 0.4) * ROW, f"{exchange.slots} slots", centred)


def write_legend(shown: Collection[Mixing | Exchange]) -> str:
    """How to read the shapes of a drawing: heights, and those that are not plain blocks."""
    kinds = [words for kind, words in _LEGEND.items() if any(isinstance(each, kind) for each in shown)]
    return " · ".join([_PLAIN, *kinds])


def draw_label(x: float, y: float, words: str, style: str, colour: str = FAINT) -> str:
    """Words in the drawing."""
    return f'<text x="{x:g}" y="{y:.1f}" {style} fill="{colour}">{escape(words)}</text>'


def _draw_bands(block: Box, left: float, width: float, colours: Mapping[str, str], dashed: str = "") -> Iterator[str]:
    """One band per task that shares the block, inside one outline."""
    for index, task in enumerate(block.tasks):
        yield (
            f'<rect x="{left:g}" y="{block.top + index * block.lane:.1f}" width="{width:g}" '
            f'height="{block.lane:.1f}" fill="{colours[task]}"/>'
        )
    yield (
        f'<rect x="{left:g}" y="{block.top:.1f}" width="{width:g}" height="{block.height:.1f}" '
        f'rx="3" fill="none" stroke="{INK}" stroke-width="2"{dashed}/>'
    )


def _draw_routed(block: Box, mixing: Routed, colours: Mapping[str, str]) -> Iterator[str]:
    """The share of the width that its tasks have in common in one outline, and the rest in one part a task."""
    left, common = block.x - block.width / 2, block.width * mixing.ratio
    if common:
        yield from _draw_bands(block, left, common, colours)
    if mixing.ratio == 1:
        return
    gap = 3.0 if common else 0.0
    for task in block.tasks:
        yield (
            f'<rect x="{left + common + gap:g}" y="{block.y(task) - block.lane / 2 + 1.5:.1f}" '
            f'width="{block.width - common - gap:g}" height="{block.lane - 3:.1f}" rx="2" fill="{colours[task]}" '
            f'stroke="{INK}" stroke-width="1.5"/>'
        )


def _draw_gated(block: Box, mixing: Gated, colours: Mapping[str, str]) -> Iterator[str]:
    """A dashed block; in each task's band a gauge shows how many of its gates may stay open."""
    yield from _draw_bands(block, block.x - block.width / 2, block.width, colours, ' stroke-dasharray="4 3"')
    rates, left, width = dict(mixing.rates), block.x - block.width / 2 + 5, block.width - 10
    height = min(5.0, block.lane / 2)
    for task in block.tasks:
        for share, fill in ((1.0, "#ffffff"), (rates[task], INK)):
            yield (
                f'<rect x="{left:g}" y="{block.y(task) - height / 2:.1f}" width="{share * width:g}" '
                f'height="{height:g}" rx="{height * 0.4:g}" fill="{fill}"/>'
            )
