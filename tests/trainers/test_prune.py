from __future__ import annotations

import torch

from spaces.networks.build import build
from spaces.pattern.sharing_pattern import hard_sharing
from tests.spaces.networks.mixes import FAMILY, OUTPUTS, SIZE, gated
from trainers.batches.memory import Split
from trainers.prune import prune_network, recalibrate


def images(count: int) -> Split:
    generator = torch.Generator().manual_seed(0)
    return Split(torch.randint(0, 256, (count, 3, *SIZE), generator=generator, dtype=torch.uint8), {})


def test_recalibrated_statistics_are_means_over_the_batches() -> None:
    network = build(hard_sharing(["depth"], 3, 3), FAMILY, OUTPUTS, 0)
    network.blocks["encoder1/depth"].down[1].running_mean.fill_(1e6)
    split = images(10)
    recalibrate(network, split, batch_size=4)
    convolution, norm = network.blocks["encoder1/depth"].down[:2]
    batches = [split.batch(slice(start, start + 4), ())[0] for start in (0, 4)]  # a smaller last one is left out
    with torch.no_grad():
        means = torch.stack([convolution(batch).mean((0, 2, 3)) for batch in batches])
    torch.testing.assert_close(norm.running_mean, means.mean(0))
    assert norm.momentum == 0.1
    assert not network.training


def test_pruned_networks_have_no_gates_and_fresh_statistics() -> None:
    network = build(gated(shared=1), FAMILY, OUTPUTS, 0)
    for index, stage in enumerate(network.gated.values()):
        for gate in stage.gates:
            gate.alpha.data = torch.randn(gate.alpha.shape, generator=torch.Generator().manual_seed(index))
    static = prune_network(network, images(8), batch_size=4)
    assert static.masks and not static.gated
    norms = [m for m in static.modules() if isinstance(m, torch.nn.BatchNorm2d)]
    assert norms and all(int(norm.num_batches_tracked) == 2 for norm in norms)
