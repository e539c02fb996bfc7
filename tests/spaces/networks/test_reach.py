"""Of how many channels of the stem a shared channel of the last routed stage is made: what mixes and what does not."""

from __future__ import annotations

from itertools import product

import pytest
import torch
from torch import Tensor, nn

from spaces.networks.build import SharedNetwork, build
from spaces.networks.modules.output import Output
from spaces.networks.small import Small
from spaces.pattern.exchange import NoExchange
from spaces.pattern.mixing import FLOWS, RECOMBINATIONS, Routed
from spaces.pattern.sharing_pattern import SharingPattern
from spaces.pattern.stage import Stage

OUTPUTS = {task: Output(1, "depth") for task in ("a", "b", "c")}
FAMILY = Small()


def routed(flow: str, recombination: str) -> SharedNetwork:
    """A shared stem, three routed stages, separate decoders."""
    tasks = tuple(OUTPUTS)
    stage = Stage((tasks,), Routed(0.5, recombination=recombination, flow=flow))
    apart = Stage(tuple((task,) for task in tasks))
    encoder = (Stage((tasks,)), *(stage,) * (FAMILY.encoder_stages - 1))
    pattern = SharingPattern(encoder, (NoExchange(),) * len(encoder), (apart,) * FAMILY.decoder_stages)
    return build(pattern, FAMILY, OUTPUTS, 0).eval()


def measure_reach(network: SharedNetwork) -> float:
    """Channels of the stem with a gradient from a shared channel of the last stage, in the mean."""
    seen: dict[str, Tensor] = {}

    def keep(name: str) -> None:
        def hear(_: nn.Module, __: object, output: Tensor) -> None:
            seen.setdefault(name, output)

        network.blocks[name].register_forward_hook(hear)

    names = list(network.blocks)
    stem = next(name for name in names if name.startswith("encoder1/"))
    last = next(name for name in names if name.startswith("encoder4/") and "shared2_norm" in name)
    keep(stem)
    keep(last)
    network(torch.rand(2, 3, 64, 64))
    made = seen[last]
    reached = [
        torch.autograd.grad(made[:, channel].abs().sum(), seen[stem], retain_graph=True)[0].abs().amax((0, 2, 3))
        > 1e-12
        for channel in range(made.shape[1])
    ]
    return float(torch.stack(reached).float().sum(1).mean())


@pytest.mark.parametrize(("flow", "recombination"), tuple(product(FLOWS, RECOMBINATIONS)))
def test_all_but_grouped_recombination_of_a_shared_flow_mixes_channels(flow: str, recombination: str) -> None:
    reach = measure_reach(routed(flow, recombination))
    if (flow, recombination) == ("shared", "grouped"):
        assert reach == pytest.approx(2.4, abs=0.1)
    else:
        assert 13 < reach <= FAMILY.encoder_widths[0]
