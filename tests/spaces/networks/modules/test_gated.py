from __future__ import annotations

import pytest
import torch

from spaces.networks.build import build
from spaces.networks.modules.gated import Start
from spaces.networks.modules.gates import ESTIMATORS
from spaces.networks.modules.layer import list_layers
from spaces.pattern.sharing_pattern import hard_sharing
from tests.spaces.networks.mixes import FAMILY, OUTPUTS, SIZE, TASKS, gated
from tests.spaces.networks.modules.random_gates import open_at_random


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_every_parameter_learns_under_mixed_gates_whatever_the_estimator(estimator: str) -> None:
    network = build(gated(shared=0), FAMILY, OUTPUTS, 0, Start(0.5, estimator))
    for index, stage in enumerate(network.gated.values()):
        open_at_random(stage, index)
    torch.manual_seed(0)
    sum(o.square().mean() for o in network(torch.rand(2, 3, *SIZE)).values()).backward()
    assert [name for name, p in network.named_parameters() if p.grad is None or not p.grad.any()] == []


def test_at_a_uniform_start_the_shared_branch_gets_no_gradient() -> None:
    network = build(gated(shared=0), FAMILY, OUTPUTS, 0)
    sum(o.square().mean() for o in network(torch.rand(2, 3, *SIZE)).values()).backward()
    for stage in network.gated.values():
        assert not any(p.grad.any() for p in stage.branches[-1].parameters())
        assert all(p.grad.any() for branch in stage.branches[:-1] for p in branch.parameters())


def test_branches_start_as_the_blocks_of_those_that_read_them() -> None:
    network = build(gated(shared=1), FAMILY, OUTPUTS, 7)
    alone = build(hard_sharing(["depth"], 3, 3), FAMILY, OUTPUTS, 7)
    fused = build(hard_sharing(TASKS, 3, 3), FAMILY, OUTPUTS, 7)
    stage = network.gated["encoder2/depth+normals+segmentation/gated"]
    of_task = list_layers(alone.blocks["encoder2/depth"])
    of_all = list_layers(fused.blocks["encoder2/depth+normals+segmentation"])
    for index, (own, shared) in enumerate(zip(of_task, of_all, strict=True)):
        for mine, theirs in ((stage.layers(index)[0], own), (stage.layers(index)[-1], shared)):
            assert all(torch.equal(a, b) for a, b in zip(mine.parameters(), theirs.parameters(), strict=True))
