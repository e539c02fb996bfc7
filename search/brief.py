"""Trials in few words, for tables and terminal lines: sharing in one line, numbers with SI prefixes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from search.objectives import MACS, PARAMS, Objective

if TYPE_CHECKING:
    from spaces.pattern import Partition, SharingPattern, Stage


def one_line(pattern: SharingPattern) -> str:
    """Who shares the decoder blocks, encoder end first, such as ``2 x all > 1 x depth+normals | edges``.

    "all" is one block for all tasks, "apart" one block a task; runs of equal stages are counted. The encoder
    is named only where it is not shared by all.
    """
    decoder = _stages(pattern.decoder)
    if all(len(stage.groups) == 1 for stage in pattern.encoder):
        return decoder
    return f"encoder: {_stages(pattern.encoder)}; decoder: {decoder}"


def human(value: float) -> str:
    """A count with three digits and an SI prefix, such as ``12.3 M``."""
    if not math.isfinite(value):
        return "-"
    for size, prefix in ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= 0.9995 * size:
            return f"{value / size:#.3g}".rstrip(".") + f" {prefix}"
    return f"{value:.3g}"


def shown(objective: Objective, value: float) -> str:
    """An objective's value with its unit."""
    if not math.isfinite(value):
        return "-"
    if objective.name in (MACS.name, PARAMS.name):
        return human(value) + (objective.unit if objective == MACS else "")
    number = f"{value:+.2f}" if objective.unit == "%" else f"{value:.4g}"
    return f"{number} {objective.unit}".rstrip()


def listed(things: Iterable[Any], most: int = 12) -> str:
    """The first of them with commas between, and how many more there are."""
    texts = [str(thing) for thing in things]
    return ", ".join(texts[:most]) + (f" and {len(texts) - most} more" if len(texts) > most else "")


def duration(seconds: float) -> str:
    """A time span such as ``42 s``, ``3 min 20 s`` or ``2 h 5 min``."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def _stages(stages: Sequence[Stage]) -> str:
    runs = [(groups, len(list(run))) for groups, run in groupby(stage.groups for stage in stages)]
    return " > ".join(f"{length} x {_partition(groups)}" for groups, length in runs)


def _partition(groups: Partition) -> str:
    if len(groups) == 1:
        return "all"
    if all(len(group) == 1 for group in groups):
        return "apart"
    return _joined(groups)


def _joined(groups: Iterable[Sequence[str]]) -> str:
    return " | ".join("+".join(group) for group in groups)
