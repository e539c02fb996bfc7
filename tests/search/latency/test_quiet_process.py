"""A process of its own times networks, and tells what goes wrong."""

from __future__ import annotations

import pytest

from search.latency.quiet_process import time_quietly
from spaces.errors import DataError
from spaces.networks.modules.output import Output
from spaces.networks.small import Small
from spaces.pattern.sharing_pattern import hard_sharing


def test_networks_are_timed_until_one_cannot_be_built() -> None:
    patterns = [hard_sharing([task], 2, 2) for task in ("depth", "unknown")]
    timed = time_quietly(patterns, Small((4, 8), 4), {"depth": Output(1, "depth")}, (16, 16))
    assert 0 < next(timed) < 1000
    with pytest.raises(DataError, match=r"the latency of a network cannot be measured \(KeyError: 'unknown'\)"):
        next(timed)
