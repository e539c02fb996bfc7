"""Whether splits share what is nearly one image: frames of one film, told by names that are neighbours."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

import numpy as np
from PIL import Image

from spaces.errors import DataError
from trainers.data.folders.listing import Row
from trainers.data.folders.names import natural
from trainers.data.splits.fingerprint import spread

PAIRS = 12
"""Neighbours that are looked at, and images that these are compared with: our choice, a second or two of decoding."""
SIDE = 32
"""Pixels of what is compared, high and wide."""
NEAR = 0.2
"""Distance of near-duplicates as a share of the median of images far apart. Our choice: of a hand-held film, 98 % of
neighbours at 15 frames a second are as near and 10 % at 1.5; of unrelated rooms or garments 0 to 2 %."""
STILL = 0.01
"""Distance of near-duplicates where all images are alike, as those of a camera that stands still: our choice."""
Place = tuple[str, int]
"""Of a sample: its split and its number there."""


def find_films(splits: Mapping[str, Sequence[Row]], read: Callable[[str, int], np.ndarray]) -> list[str]:
    """What to tell where neighbours by name that lie in two splits are mostly near-duplicates; nothing else.

    Args:
        splits: samples by our split.
        read: the image of a sample, ``(H, W, 3)`` uint8, by split and number.
    """
    places = [(split, index) for split, rows in splits.items() for index in range(len(rows))]
    places.sort(key=lambda place: (natural(splits[place[0]][place[1]].id), place))
    borders = [(one, other) for one, other in pairwise(places) if one[0] != other[0]]
    pairs = [borders[index] for index in spread(len(borders), PAIRS)]
    seen: dict[Place, np.ndarray] = {}
    try:
        near = [measure_distance(*(_look(place, read, seen) for place in pair)) for pair in pairs]
        others = [_look(places[index], read, seen) for index in spread(len(places), PAIRS)]
    except DataError:  # told where samples are inspected, or when they are read
        return []
    half = len(others) // 2
    far = [measure_distance(one, other) for one, other in zip(others, others[half:] + others[:half], strict=True)]
    found = [pair for pair, distance in zip(pairs, near, strict=True) if distance < max(STILL, NEAR * np.median(far))]
    if len(found) < 2 or 2 * len(found) < len(pairs):
        return []
    one, other = (f"{splits[split][index].id} ({split})" for split, index in found[0])
    return [
        f"of neighbours by name that lie in different splits, {len(found)} of {len(pairs)} looked at are nearly one "
        f"image, such as {one} and {other}: if these are frames of films, results are told on what was nearly trained "
        "on, so give each film, scene or patient one split, by folders or lists"
    ]


def measure_distance(one: np.ndarray, other: np.ndarray) -> float:
    """One minus the correlation of two small grey images; 0 of two that are blank."""
    one, other = one - one.mean(), other - other.mean()
    power = float((one**2).sum() * (other**2).sum()) ** 0.5
    if power == 0:
        return float(one.any() or other.any())
    return 1 - float((one * other).sum()) / power


def _look(place: Place, read: Callable[[str, int], np.ndarray], seen: dict[Place, np.ndarray]) -> np.ndarray:
    """A sample's image, grey and small; each is read once."""
    if place not in seen:
        small = Image.fromarray(read(*place)).convert("L").resize((SIDE, SIDE), Image.Resampling.BOX)
        seen[place] = np.asarray(small, np.float64)
    return seen[place]
