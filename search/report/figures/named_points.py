"""Points of one look drawn as one artist, each under a name of its own in an SVG.

Matplotlib's own way is an artist a point, each looked at by every layout: of thousands that took longer than all else.
Imported where something is drawn, for it wants matplotlib.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

import numpy as np
from matplotlib.backend_bases import RendererBase
from matplotlib.lines import Line2D
from matplotlib.path import Path


class NamedPoints(Line2D):
    """Markers without a line.

    Args:
        points: by id in the SVG.
        look: other arguments of `Line2D`.
    """

    def __init__(self, points: Mapping[str, tuple[float, float]], **look: Any) -> None:
        super().__init__([x for x, _ in points.values()], [y for _, y in points.values()], linestyle="", **look)
        self.names = tuple(points)

    def draw(self, renderer: RendererBase) -> None:
        """Draw them at once, or one by one where the picture knows groups, which are called by the names."""
        if getattr(renderer.open_group, "__func__", None) is RendererBase.open_group:  # pixels: names are lost
            super().draw(renderer)
            return
        super().draw(cast(RendererBase, _OneByOne(renderer, self.names)))


class _OneByOne:
    """A renderer that draws each marker of a line by itself, in a group of its name.

    Args:
        renderer: what draws.
        names: of the points, in their order.
    """

    def __init__(self, renderer: Any, names: Sequence[str]) -> None:
        self._renderer, self._names = renderer, names

    def __getattr__(self, name: str) -> Any:
        return getattr(self._renderer, name)

    def draw_markers(self, gc: Any, marker: Path, shape: Any, path: Path, *rest: Any) -> None:
        """Draw markers at the points of a path."""
        for name, point in zip(self._names, np.asarray(path.vertices), strict=True):
            self._renderer.open_group("line2d", name)
            self._renderer.draw_markers(gc, marker, shape, Path(point[None]), *rest)
            self._renderer.close_group("line2d")
