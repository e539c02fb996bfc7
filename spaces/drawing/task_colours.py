"""Colours of tasks in drawings: as many as wanted, the first eight apart to colour-blind people, too."""

from __future__ import annotations

# Chosen by annealing over HSV colours that are seen on white and on dark ground, for the least distance in CIELAB to
# normal sight, without red and without green cones (Machado et al. 2009), for three, four, five, six and eight tasks.
PALETTE = ("#006ea6", "#f2a200", "#19a677", "#4024f2", "#a60000", "#21ccd9", "#285659", "#2477f2")


def pick_colour(index: int) -> str:
    """One of the palette, then hues a golden angle apart, which keeps any number of them distinct."""
    return PALETTE[index] if index < len(PALETTE) else f"hsl({index * 137.5 % 360:g},45%,45%)"
