from __future__ import annotations

import subprocess
import sys

from spaces.networks.channels import count_channels
from spaces.pattern.block import Attend, Block, Broadcast, Neck, Project, SharedBranch, TaskBranch
from tests.spaces.networks.mixes import FAMILY


def test_branches_share_the_width_of_a_stage_and_the_exchange_keeps_what_comes_in() -> None:
    group = ("depth", "normals")
    shared = count_channels(Block("encoder", 1, group, SharedBranch(1, 0.4, ("max",), "dense")), [8], FAMILY)
    own = count_channels(Block("encoder", 1, group[:1], TaskBranch(1, 0.4, 3)), [8], FAMILY)
    assert (shared, shared + own) == (4, FAMILY.widths[1])
    for role in (Neck("conv"), Broadcast("one"), Attend(4, 8, 1, 0.5, "learned", "overwrite", 1, True, True)):
        assert count_channels(Block("exchange", 1, group[:1], role), [12, 8], FAMILY) == 12
    assert count_channels(Block("exchange", 1, group[:1], Project(8, 0)), [12], FAMILY) == 8
    assert count_channels(Block("decoder", 1, group), [12], FAMILY) == 0


def test_no_torch_is_needed() -> None:
    code = "import sys, spaces.networks.identity; print('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"
