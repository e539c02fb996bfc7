from __future__ import annotations

import torch

from spaces.networks.build import build
from spaces.networks.modules.layer import list_layers
from spaces.pattern.mixing import Gated
from spaces.pattern.sharing_pattern import NoExchange, SharingPattern, hard_sharing
from spaces.pattern.stage import Stage
from tests.spaces.networks.mixes import FAMILY, OUTPUTS, STAGES, TASKS, gated
from trainers.adopt import adopt_hard_sharing, adopt_single_task, share_all


def test_a_task_starts_from_its_single_task_network() -> None:
    network = build(gated(shared=1), FAMILY, OUTPUTS, 0)
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    alone = build(hard_sharing(["depth"], 3, 3), FAMILY, OUTPUTS, 99)
    adopt_single_task(network, alone, "depth")
    stage = network.gated["encoder3/depth+normals+segmentation/gated"]
    for index, layer in enumerate(list_layers(alone.blocks["encoder3/depth"])):
        mine = stage.layers(index)[stage.tasks.index("depth")]
        assert all(torch.equal(a, b) for a, b in zip(mine.parameters(), layer.parameters(), strict=True))
    for name in ("blocks.decoder2/depth.fuse.0.weight", "heads.head/depth.project.weight"):
        assert torch.equal(network.state_dict()[name], alone.state_dict()[name])
    touched = [name for name, tensor in network.state_dict().items() if not torch.equal(tensor, before[name])]
    others = ("encoder1", "normals.", "segmentation.", "alpha", "betas", "branches.1", "branches.2", "branches.3")
    assert touched and not any(word in name for name in touched for word in others)


def test_shared_branches_and_shared_blocks_start_from_the_network_without_gates() -> None:
    together, apart = (TASKS,), (("depth",), ("normals", "segmentation"))
    mixing = Gated(tuple((task, 0.25) for task in TASKS))
    encoder = (Stage(together), Stage(together, mixing), Stage(together, mixing))
    pattern = SharingPattern(encoder, (NoExchange(),) * STAGES, (Stage(together), Stage(apart), Stage(apart)))
    network = build(pattern, FAMILY, OUTPUTS, 0)
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    source = build(share_all(pattern), FAMILY, OUTPUTS, 99)
    adopt_hard_sharing(network, source)
    for name, stage in network.gated.items():
        for index, layer in enumerate(list_layers(source.blocks[name.removesuffix("/gated")])):
            mine = stage.layers(index)[-1]
            assert all(torch.equal(a, b) for a, b in zip(mine.parameters(), layer.parameters(), strict=True))
    after = network.state_dict()
    touched = {name for name, tensor in after.items() if not torch.equal(tensor, before[name])}
    for name in ("encoder1/depth+normals+segmentation", "decoder2/normals+segmentation"):
        assert any(f"blocks.{name}" in each for each in touched)
    private = ("branches.0", "branches.1", "branches.2", "alpha", "betas", "/depth.", "head/depth")
    assert not [each for each in touched if any(word in each for word in private)]
    assert any("head/normals" in each for each in touched)
