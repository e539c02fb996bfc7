"""The few points of many that hold most hypervolume: which patterns are worth a long training."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from search.problem.pareto import compute_hypervolume, mark_front

SWAPS = 10  # rounds of exchanging single points, at most; two are usually enough


def choose_subset(values: np.ndarray, reference: Sequence[float], directions: Sequence[str], count: int) -> list[int]:
    """Rows that hold the most hypervolume between them: greedily, then by single exchanges.

    Hypervolume is submodular, so that the greedy choice holds at least 1 - 1/e of the best (Nemhauser et al. 1978).

    Args:
        values: (n, m) objective values.
        reference: (m,) the worst value that counts.
        directions: m times "maximise" or "minimise".
        count: rows wanted; fewer where the front has no more.

    Returns:
        Their indices, in the order in which they were chosen.
    """
    left = mark_front(values, directions).tolist()
    left = list({tuple(values[row]): row for row in reversed(left)}.values())  # the first of equal ones

    def volume(rows: Sequence[int]) -> float:
        return compute_hypervolume(values[list(rows)], reference, directions)

    chosen: list[int] = []
    while left and len(chosen) < count:
        best = max(left, key=lambda row: volume([*chosen, row]))
        chosen.append(best)
        left.remove(best)
    for _ in range(SWAPS):
        before = volume(chosen)
        for place in range(len(chosen)):
            others = chosen[:place] + chosen[place + 1 :]
            best = max([chosen[place], *left], key=lambda row: volume([*others, row]))
            if best != chosen[place]:
                left = [*(row for row in left if row != best), chosen[place]]
                chosen[place] = best
        if volume(chosen) <= before * (1 + 1e-12):
            break
    return chosen
