"""A sharing pattern as a notebook shows it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from search.jobs.trial import Trial
from spaces.common.formatting import format_count, format_macs
from spaces.drawing.svg import draw_svg
from spaces.drawing.text import draw_text
from spaces.pattern.sharing_pattern import SharingPattern


def title_drawing(name: str, macs: float, params: float, delta: float = math.nan) -> str:
    """What stands above a drawing: its name and cost, and the change against single-task networks [%] if known."""
    told = f"delta_mtl {delta:+.1f} %, " if math.isfinite(delta) else ""
    return f"{name}, {told}{format_macs(macs)}, {format_count(params)} parameters"


def title_trial(trial: Trial) -> str:
    """What stands above the drawing of a trial's pattern."""
    delta = trial.metrics.get("delta_mtl", math.nan)
    return title_drawing(f"trial {trial.number}", trial.macs, trial.params, delta)


@dataclass(frozen=True)
class Picture:
    """A sharing pattern as a notebook shows it: drawn, or in characters where nothing can be drawn."""

    pattern: SharingPattern
    title: str

    def _repr_svg_(self) -> str:
        return draw_svg(self.pattern, self.title)

    def __repr__(self) -> str:
        return f"{self.title}\n{draw_text(self.pattern)}"
