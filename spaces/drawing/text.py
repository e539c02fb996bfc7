"""A sharing pattern as text in box characters, for terminals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from spaces.drawing.captions import write_captions
from spaces.drawing.task_order import trace_groups
from spaces.pattern.sharing_pattern import SharingPattern
from spaces.pattern.stage import Group, Partition, Stage


def draw_text(pattern: SharingPattern) -> str:
    """Draw a pattern with box characters: a column per stage, a line per task, a ■ per block.

    Where the decoder brings together tasks that the encoder had split, the two are drawn apart, and the
    decoder says which encoder outputs it takes the mean of. Lines below it say what is routed, gated or exchanged.

    >>> from spaces.pattern.sharing_pattern import separate_decoders
    >>> print(draw_text(separate_decoders(("depth", "normals"), 2, 2)))
          encoder 1   2 decoder 1   2
    image ─────────■───■───────┬─■───■─── depth
                               └─■───■─── normals
    """
    encoder, decoder = _title_columns("encoder", pattern.encoder), _title_columns("decoder", pattern.decoder)
    image = {pattern.tasks: "image"}
    heads: dict[Group, str] = {(task,): task for task in pattern.tasks}
    outputs, inputs = pattern.encoder[-1].groups, pattern.decoder[0].groups
    captions = write_captions(pattern)
    said = ["", *captions] if captions else []
    if all(any(set(group) <= set(output) for output in outputs) for group in inputs):
        return "\n".join([*_draw_tree(image, encoder + decoder, heads), *said])
    names = {output: f"e{number}" for number, output in enumerate(outputs, start=1)}
    ends = {output: f"{name}: {', '.join(output)}" for output, name in names.items()}
    starts = {group: _name_mean([names[output] for output in outputs if set(output) & set(group)]) for group in inputs}
    return "\n".join([*_draw_tree(image, encoder, ends), "", *_draw_tree(starts, decoder, heads), *said])


def _title_columns(part: str, stages: Sequence[Stage]) -> list[tuple[str, Partition]]:
    """Heading of a column in the text, as wide as the column, and the column's groups."""
    return [(f"{index + 1:4}" if index else f" {part} 1", stage.groups) for index, stage in enumerate(stages)]


def _name_mean(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"mean({', '.join(names)})"


def _draw_tree(
    starts: Mapping[Group, str], stages: Sequence[tuple[str, Partition]], ends: Mapping[Group, str]
) -> list[str]:
    """Lines of text for a forest that grows from labelled starts, one column a stage, to labelled ends."""
    partitions = [tuple(starts), *(groups for _, groups in stages), tuple(ends)]
    leaves = sorted(ends, key=lambda leaf: trace_groups(leaf, partitions))
    # A group stands on the line of its first leaf.
    line_of = {group: line for line in range(len(leaves))[::-1] for group in trace_groups(leaves[line], partitions)}
    branches = [
        [sorted(line_of[group] for group in fine if set(group) <= set(whole)) for whole in coarse]
        for coarse, fine in pairwise(partitions)
    ]
    label_on = {line_of[group]: label for group, label in starts.items()}
    margin = max(map(len, starts.values()))
    lines = [" " * margin + "".join(title for title, _ in stages)]
    for line, leaf in enumerate(leaves):
        drawn = label_on.get(line, "").ljust(margin) + " "
        for (title, groups), splits in zip(stages, branches, strict=False):  # the last leads to the ends
            block = "■" if line in {line_of[group] for group in groups} else " "
            drawn += _draw_link(line, splits, len(title) - 1) + block
        lines.append(f"{drawn}{_draw_link(line, branches[-1], 3)} {ends[leaf]}")
    return lines


def _draw_link(line: int, splits: Sequence[Sequence[int]], width: int) -> str:
    """What a line of text shows between two columns, given on which lines each group goes on."""
    for first, *others in splits:
        if line == first:
            return "─" * (width - 2) + ("┬─" if others else "──")
        if line in others:
            return " " * (width - 2) + ("└─" if line == others[-1] else "├─")
        if others and first < line < others[-1]:
            return " " * (width - 2) + "│ "
    return " " * width
