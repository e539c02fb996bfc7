"""What stands in a panel, by the names that points have in the SVG."""

from __future__ import annotations

from typing import TYPE_CHECKING

from search.report.figures.named_points import NamedPoints

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def list_points(axes: Axes) -> dict[str, tuple[NamedPoints, list[float]]]:
    """By name of a point what draws it, and where."""
    drawn = [line for line in axes.lines if isinstance(line, NamedPoints)]
    return {
        name: (line, point)
        for line in drawn
        for name, point in zip(line.names, line.get_xydata().tolist(), strict=True)
    }
