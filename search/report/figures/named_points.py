"""Points of one look drawn as one artist, each under a name of its own in an SVG.

Matplotlib's own way is an artist a point, each looked at by every layout: of thousands that took longer than all else.
Imported where something is drawn, for it wants matplotlib.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.backend_bases import RendererBase
from matplotlib.lines import Line2D


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
        points = np.array(self.get_xydata())
        try:
            for name, point in zip(self.names, points, strict=True):
                self.set_gid(name)
                self.set_data(point[:1], point[1:])
                super().draw(renderer)
        finally:
            self.set_gid(None)
            self.set_data(*points.T)
