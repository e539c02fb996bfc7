"""Colours of the figure of a search; the page of the report puts its own in their place, for light and for dark."""

BLACK = "#000000"  # axes, words and the single-task line
LIGHT = "#d9dee3"  # grid
GREY = "#9aa3ad"  # dominated trials
BLUE = "#1f5fa8"  # the front
RED = "#b3261e"  # failed trials
ORANGE = "#b8510d"  # marks
