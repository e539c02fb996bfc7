"""What is tested of every encoder that takes published weights: gates, and the encoder as one piece."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from spaces.networks.build import SharedNetwork, build, prune
from spaces.networks.cost import compute_ceiling, compute_cost, count_macs
from spaces.networks.family import Family
from spaces.pattern.mixing import Gated
from spaces.pattern.sharing_pattern import NoExchange, SharingPattern
from spaces.pattern.stage import Stage
from tests.spaces.networks.mixes import OUTPUTS, TASKS


def encoder(family: Family) -> nn.Sequential:
    """All encoder blocks in a row."""
    return nn.Sequential(*(family.encoder_block(stage) for stage in range(family.encoder_stages)))


def names(family: Family) -> dict[str, Tensor]:
    """The weights of all encoder blocks, by name; no name stands in two."""
    found: dict[str, Tensor] = {}
    with torch.device("meta"):
        for block in encoder(family):
            assert not found.keys() & block.state_dict().keys()
            found |= block.state_dict()
    return found


def all_gated(family: Family) -> SharingPattern:
    """Gates at every encoder stage, one decoder a task."""
    apart = Stage(tuple((task,) for task in TASKS))
    stages, mixing = family.encoder_stages, Gated(tuple((task, 0.25) for task in TASKS))
    return SharingPattern(
        (Stage((TASKS,), mixing),) * stages, (NoExchange(),) * stages, (apart,) * family.decoder_stages
    )


def stirred(family: Family, size: tuple[int, int]) -> SharedNetwork:
    """A network with gates at every stage, half of them open; no weight and no statistic as it was in the beginning."""
    torch.manual_seed(0)
    network = build(all_gated(family), family, OUTPUTS, 0).to(memory_format=torch.channels_last)
    network.train()(torch.rand(2, 3, *size))
    for parameter in network.parameters():
        parameter.data += 0.05 * torch.randn(parameter.shape) * (parameter.ndim == 1)
    for stage in network.gated.values():
        for gate in stage.gates:
            gate.alpha.data = 0.5 - torch.rand(gate.alpha.shape)
        for beta in stage.betas:
            beta.data = torch.randn(beta.shape)
    return network.eval()


def check_gates(family: Family, size: tuple[int, int]) -> None:
    """Pruned equals masked, every parameter learns, and costs at either end are those that were foretold.

    The least is left with all gates closed. The most is with all open but one of a layer: what stands before channels,
    such as attention, is then in every branch and in the shared one.
    """
    network, images = stirred(family, size), torch.rand(2, 3, *size).to(memory_format=torch.channels_last)
    pruned = prune(network).eval()
    with torch.no_grad():
        for task, masked in network(images).items():
            assert masked.std() > 0.01
            torch.testing.assert_close(pruned(images)[task], masked, atol=1e-5, rtol=1e-5)
    sum(output.square().mean() for output in network.train()(images).values()).backward()
    assert [name for name, p in network.named_parameters() if p.grad is None or not p.grad.any()] == []
    least, most = (price(network.pattern, family, OUTPUTS, size) for price in (compute_cost, compute_ceiling))
    assert least.macs <= count_macs(pruned, size).macs <= most.macs
    for logit, wanted in ((-1.0, least), (1.0, most)):
        for stage in network.gated.values():
            for gate in stage.gates:
                gate.alpha.data.fill_(logit)
                gate.alpha.data[0, 0] = -1.0
        found = count_macs(prune(network), size)
        assert (found.macs, found.params) == (wanted.macs, wanted.params)
