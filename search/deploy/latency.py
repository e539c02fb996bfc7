"""How long one image takes, side by side with the trained network, so that a busy machine is busy for both."""

from __future__ import annotations

import time
from collections.abc import Mapping

import numpy as np

from search.deploy.format import Run

WARM = 5  # runs before any counts: our choice
RUNS = 40  # that count, fewer of slow networks
SECONDS = 10.0  # for all runs of all contestants, about


def measure_latency(contestants: Mapping[str, Run], image: np.ndarray) -> dict[str, dict[str, float]]:
    """Median and 95th percentile in milliseconds, by contestant.

    Args:
        contestants: by name; they take turns.
        image: (1, H, W, 3) uint8 RGB.
    """
    times: dict[str, list[float]] = {name: [] for name in contestants}
    began = time.perf_counter()
    for turn in range(WARM + RUNS):
        for name, run in contestants.items():
            start = time.perf_counter()
            run(image)
            if turn >= WARM:
                times[name].append(1e3 * (time.perf_counter() - start))
        if turn > WARM and time.perf_counter() - began > SECONDS:
            break
    return {
        name: {"p50_ms": float(np.percentile(each, 50)), "p95_ms": float(np.percentile(each, 95)), "runs": len(each)}
        for name, each in times.items()
    }
