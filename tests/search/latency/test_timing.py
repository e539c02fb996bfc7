"""One untrained network, timed."""

from __future__ import annotations

import time

import pytest
import torch
from torch import nn

from search.latency.timing import RUNS, WARM, time_network, time_patterns
from spaces.networks.modules.output import Output
from spaces.networks.small import Small
from spaces.pattern.sharing_pattern import hard_sharing

SMALL = Small((4, 8), 4)


class Busy(nn.Module):
    """Keeps its thread busy for 2 ms of the processor's time, and waits for 5 ms more."""

    def __init__(self) -> None:
        super().__init__()
        self.runs = 0

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        self.runs += 1
        assert not self.training
        assert image.shape == (1, 3, 6, 8)
        end = time.thread_time() + 0.002
        while time.thread_time() < end:
            pass
        time.sleep(0.005)
        return image


def test_what_waits_for_a_core_does_not_count() -> None:
    busy = Busy()
    took = time_network(busy, (6, 8))  # type: ignore[arg-type]  # any module will do
    assert took == pytest.approx(2.0, rel=0.5)
    assert busy.runs == WARM + RUNS


def test_patterns_are_timed_in_order_and_more_takes_longer() -> None:
    threads, outputs = torch.get_num_threads(), {"depth": Output(1, "depth"), "normals": Output(3, "normals")}
    try:
        one, two = hard_sharing(["depth"], 2, 2), hard_sharing(["depth", "normals"], 2, 2)
        small, large = (
            time_patterns([one, two], SMALL, outputs, (32, 32)),
            time_patterns([one], SMALL, outputs, (256, 256)),
        )
        assert len(list(small)) == 2
        assert next(large) > 2 * min(time_patterns([one], SMALL, outputs, (32, 32)))
        assert torch.get_num_threads() == 1
    finally:
        torch.set_num_threads(threads)
