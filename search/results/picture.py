"""A sharing pattern as a notebook shows it."""

from __future__ import annotations

from dataclasses import dataclass

from spaces.drawing.svg import draw_svg
from spaces.drawing.text import draw_text
from spaces.pattern.sharing_pattern import SharingPattern


@dataclass(frozen=True)
class Picture:
    """A sharing pattern as a notebook shows it: drawn, or in characters where nothing can be drawn."""

    pattern: SharingPattern
    title: str

    def _repr_svg_(self) -> str:
        return draw_svg(self.pattern, self.title)

    def __repr__(self) -> str:
        return f"{self.title}\n{draw_text(self.pattern)}"
