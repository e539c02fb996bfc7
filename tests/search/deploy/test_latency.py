"""Times of contestants that take turns."""

from __future__ import annotations

import time

import numpy as np

from search.deploy import latency
from search.deploy.latency import WARM, measure_latency

IMAGE = np.zeros((1, 4, 4, 3), np.uint8)


def test_everybody_is_timed_as_often_in_turns_after_warming_up() -> None:
    turns: list[str] = []

    def make(name: str, seconds: float) -> object:
        def run(images: np.ndarray) -> dict[str, np.ndarray]:
            turns.append(name)
            time.sleep(seconds)
            return {}

        return run

    found = measure_latency({"quick": make("quick", 0.0), "slow": make("slow", 0.004)}, IMAGE)  # type: ignore[dict-item]
    assert turns == ["quick", "slow"] * (WARM + latency.RUNS)
    assert {each["runs"] for each in found.values()} == {latency.RUNS}
    assert found["slow"]["p50_ms"] >= 4.0 > found["quick"]["p50_ms"]
    assert all(each["p50_ms"] <= each["p95_ms"] for each in found.values())
