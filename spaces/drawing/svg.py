"""A sharing pattern as SVG, for reports: every block once, in the colours of the tasks that share it.

So what is shared, until where, is seen at a glance. Equal patterns give equal drawings, and a task has one colour in
all patterns of the same tasks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from html import escape
from itertools import pairwise

from spaces.drawing.captions import write_captions
from spaces.drawing.shapes import (
    BLOCK,
    COLUMN,
    FAINT,
    INK,
    LETTER,
    LINE,
    MARGIN,
    NAME,
    REMEMBERED,
    ROW,
    WORDS,
    Box,
    draw_block,
    draw_exchange,
    draw_label,
    place_column,
    write_legend,
)
from spaces.drawing.task_colours import pick_colour
from spaces.drawing.task_order import trace_groups
from spaces.pattern.sharing_pattern import SharingPattern
from spaces.pattern.stage import Group, Partition

Column = tuple[int, tuple[Partition, float, float]]
"""Its number, and groups, width and height of what stands in it."""
_LOWEST, _HIGHEST = 32.0, 60.0  # height of a block at the lowest and the highest resolution, in pixels


def draw_svg(pattern: SharingPattern, title: str = "") -> str:
    """Draw a pattern as a self-contained SVG document, from the image to the heads.

    Each task is a line of its colour. A block has the colours of the tasks that share it, and is the taller,
    the higher its resolution. A routed block falls into the part that its tasks share and one part a task; a gated one
    is dashed and shows how far each task's gates may open; a workspace is a bar across all lines. Words
    below say how to read these, and their options. Skips are not drawn.

    Args:
        pattern: what is drawn.
        title: printed above the drawing, where there is one.
    """
    groups = [stage.groups for stage in (*pattern.encoder, *pattern.decoder)]
    tasks = sorted(pattern.tasks, key=lambda task: trace_groups((task,), groups))
    read = write_legend([*(stage.mixing for stage in (*pattern.encoder, *pattern.decoder)), *pattern.exchange])
    said = [read, *write_captions(pattern)]
    top, bottom = -ROW, (len(tasks) - 0.3) * ROW
    shapes = [*_draw_headings(len(pattern.encoder), len(pattern.decoder), len(tasks)), *_draw_pattern(pattern, tasks)]
    bottom += 6.0
    small = f'font-size="{WORDS}"'
    shapes += [draw_label(MARGIN, bottom + LINE * (n + 0.5), words, small) for n, words in enumerate(said)]
    if title:
        top -= 34.0
        shapes.append(draw_label(MARGIN, top + 34.0, title, 'font-size="17" font-weight="600"', INK))
    widths = [place_column(len(groups) + 1) + 18.0 + LETTER * max(map(len, tasks)), LETTER * 1.2 * len(title)]
    width = max(*widths, *(LETTER * 0.85 * len(words) for words in said)) + MARGIN
    height = bottom - top + LINE * len(said)
    name = escape(title or "sharing pattern of " + ", ".join(pattern.tasks))
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" '
            f'viewBox="0 {top:g} {width:g} {height:g}" font-family="Helvetica,Arial,sans-serif" role="img">',
            f"<title>{name}</title>",
            f'<rect x="0" y="{top:g}" width="{width:g}" height="{height:g}" fill="#ffffff"/>',
            *shapes,
            "</svg>\n",
        ]
    )


def _draw_pattern(pattern: SharingPattern, tasks: Sequence[str]) -> list[str]:
    """The image, the blocks, the workspaces and the heads over the tasks' lines, with these from top to bottom."""
    stages = (*pattern.encoder, *pattern.decoder)
    colours = {task: pick_colour(index) for index, task in enumerate(pattern.tasks)}
    heights = (*reversed(_list_heights(len(pattern.encoder))), *_list_heights(len(pattern.decoder)))
    order = tuple(tasks)
    columns = [
        ((order,), 46.0, 46.0),
        *((stage.groups, BLOCK, height) for stage, height in zip(stages, heights, strict=True)),
        (tuple((task,) for task in tasks), 14.0, 14.0),
    ]
    placed = [_place_boxes(column, *each, order) for column, each in enumerate(columns)]
    (image,), *between, heads = placed
    blocks = [(block, stage.mixing) for boxes, stage in zip(between, stages, strict=True) for block in boxes]

    ways = [_draw_ways(start, end, order, tuple(colours.items())) for start, end in pairwise(enumerate(columns))]
    shapes = [way[place] for place in range(len(tasks)) for way in ways]
    shapes += _draw_image(image)
    for block, mixing in blocks:
        shapes += draw_block(block, mixing, colours)
    for scale, exchange in enumerate(pattern.exchange, start=1):
        shapes += draw_exchange(scale, exchange, len(tasks))
    for head in heads:
        shapes += _draw_head(head, colours)
    return shapes


def _list_heights(stages: int) -> list[float]:
    """Heights of blocks from the lowest resolution to the highest."""
    return [_LOWEST + (_HIGHEST - _LOWEST) * index / max(1, stages - 1) for index in range(stages)]


@lru_cache(maxsize=REMEMBERED)
def _place_boxes(column: int, groups: Partition, width: float, height: float, tasks: Group) -> tuple[Box, ...]:
    """What stands in a column, from top to bottom."""
    return tuple(Box(column, row, width, height, members) for row, members in _place_rows(groups, tasks))


@lru_cache(maxsize=REMEMBERED)
def _draw_ways(start: Column, end: Column, tasks: Group, colours: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    """Lines from one column to the next, of the tasks from top to bottom."""
    found = []
    for task in tasks:
        boxes = [_place_boxes(column, *each, tasks) for column, each in (start, end)]
        left, right = (next(box for box in some if task in box.tasks) for some in boxes)
        found.append(_draw_line(left, right, task, dict(colours)[task]))
    return tuple(found)


def _place_rows(groups: Partition, tasks: Sequence[str]) -> list[tuple[float, Group]]:
    """Row of each group of a stage: the middle of its members, or evenly spread where two would overlap."""
    members = [tuple(task for task in tasks if task in group) for group in groups]
    middles = sorted((sum(map(tasks.index, group)) / len(group), group) for group in members)
    if all(above[0] + 1 <= below[0] for above, below in pairwise(middles)):
        return middles
    step = len(tasks) / len(groups)
    return [((index + 0.5) * step - 0.5, group) for index, (_, group) in enumerate(middles)]


def _draw_line(start: Box, end: Box, task: str, colour: str) -> str:
    left, right = start.x + start.width / 2, end.x - end.width / 2
    above, middle, below = start.y(task), (left + right) / 2, end.y(task)
    return (
        f'<path d="M{left:g} {above:.1f}C{middle:g} {above:.1f} {middle:g} {below:.1f} '
        f'{right:g} {below:.1f}" fill="none" stroke="{colour}" stroke-width="3" stroke-opacity="0.75"/>'
    )


def _draw_image(box: Box) -> list[str]:
    """The image: a frame with a hill and a sun."""
    left, top, size = box.x - box.width / 2, box.top, box.width
    hills = f"M{left + 3:g} {top + size - 4:g}l13 -19 8 10 7 -8 12 17z"
    return [
        f'<rect x="{left:g}" y="{top:g}" width="{size:g}" height="{size:g}" rx="4" fill="#eef1f5" '
        f'stroke="{INK}" stroke-width="2"/>',
        f'<path d="{hills}" fill="{FAINT}"/>',
        f'<circle cx="{left + 32:g}" cy="{top + 13:g}" r="5" fill="{FAINT}"/>',
    ]


def _draw_head(head: Box, colours: Mapping[str, str]) -> list[str]:
    (task,) = head.tasks
    middle = head.y(task)
    return [
        f'<circle cx="{head.x:g}" cy="{middle:.1f}" r="{head.width / 2:g}" fill="{colours[task]}" '
        f'stroke="{INK}" stroke-width="2"/>',
        draw_label(head.x + 16, middle + 5, task, f'font-size="{NAME}"', INK),
    ]


def _draw_headings(encoder: int, decoder: int, tasks: int) -> list[str]:
    """Names of the parts above their columns, and the numbers of the stages below."""
    centred = f'font-size="{WORDS}" text-anchor="middle"'
    above, below = -ROW * 0.62, (tasks - 0.4) * ROW
    labels = [
        draw_label(place_column(0), above, "image", centred),
        draw_label(place_column(encoder + decoder + 1), above, "heads", centred),
    ]
    for name, first, stages in (("encoder", 1, encoder), ("decoder", encoder + 1, decoder)):
        labels.append(draw_label(place_column(first) + (stages - 1) * COLUMN / 2, above, name, centred))
        labels += [draw_label(place_column(first + index), below, str(index + 1), centred) for index in range(stages)]
    return labels
