"""Guo and Hall's thinning (Comm. ACM 32, 1989, algorithm A1) one pixel after the other, as slow as it is plain."""

from __future__ import annotations

import numpy as np

AROUND = [(-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1)]  # N, NE, E ... clockwise


def thinned_by_pixels(mask: np.ndarray) -> np.ndarray:
    """Repeat both steps until nothing goes."""
    mask = mask.astype(bool).copy()
    while True:
        gone = 0
        for step in (1, 2):
            out = [(r, c) for r, c in zip(*np.nonzero(mask), strict=True) if _goes(mask, int(r), int(c), step)]
            gone += len(out)
            for place in out:
                mask[place] = False
        if not gone:
            return mask


def _goes(mask: np.ndarray, row: int, column: int, step: int) -> bool:
    height, width = mask.shape

    def at(down: int, right: int) -> int:
        r, c = row + down, column + right
        return int(0 <= r < height and 0 <= c < width and mask[r, c])

    n, ne, e, se, s, sw, w, nw = (at(*place) for place in AROUND)
    distinct = sum(not a and (b or c) for a, b, c in ((n, ne, e), (e, se, s), (s, sw, w), (w, nw, n)))
    least = min(
        (nw or n) + (ne or e) + (se or s) + (sw or w),
        (n or ne) + (e or se) + (s or sw) + (w or nw),
    )
    side = (n or ne or not se) and e if step == 1 else (s or sw or not nw) and w
    return distinct == 1 and 2 <= least <= 3 and not side
