"""A process of its own times networks, and tells what goes wrong."""

from __future__ import annotations

import pytest

from search.latency.quiet_process import time_quietly
from spaces.errors import DataError
from spaces.networks.modules.output import Output
from spaces.networks.small import Small
from spaces.pattern.sharing_pattern import hard_sharing


def test_networks_are_timed_and_one_that_cannot_be_built_is_told() -> None:
    patterns = [hard_sharing([task], 2, 2) for task in ("depth", "unknown")]
    family, outputs = Small((4, 8), 4), {"depth": Output(1, "depth")}
    (took,) = time_quietly(patterns[:1], family, outputs, (16, 16))
    assert 0 < took < 1000
    timed = time_quietly(patterns, family, outputs, (16, 16))
    with pytest.raises(DataError, match=r"the latency of a network cannot be measured \(KeyError: 'unknown'\)"):
        next(timed)
