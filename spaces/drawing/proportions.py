"""How tall an image is drawn beside its width, so that pictures of it have a size that screens have."""

from __future__ import annotations

NARROWEST, WIDEST = 4.0, 0.25
"""Heights by widths beyond which room is left beside the image, or above it: our choice."""


def find_proportion(height: int, width: int) -> float:
    """Height by width of the room for an image, which keeps its own proportions in there.

    Args:
        height: of the image [pixels].
        width: of the image [pixels].
    """
    return min(max(height / width, WIDEST), NARROWEST)
