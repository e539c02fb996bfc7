"""Mixtures of all kinds of stages: whatever a pattern can say is built, priced and trained."""

from __future__ import annotations

import pytest
import torch

from spaces.networks.build import build, prune
from spaces.networks.cost import compute_ceiling, compute_cost, count_macs
from spaces.pattern.sharing_pattern import SharingPattern
from spaces.pattern.walk import list_blocks
from tests.spaces.networks.mixes import FAMILY, OUTPUTS, SIZE, any_mixture

SEEDS = range(80)
FEWER = range(30)


def randomised(pattern: SharingPattern, seed: int) -> torch.nn.Module:
    """Its network with gates and mixing weights drawn at random."""
    network = build(pattern, FAMILY, OUTPUTS, seed)
    generator = torch.Generator().manual_seed(seed)
    for stage in network.gated.values():
        for gate in stage.gates:
            gate.alpha.data = torch.randn(gate.alpha.shape, generator=generator)
            gate.alpha.data[:, 0], gate.alpha.data[:, 1] = 1.0, -1.0  # a branch that nobody reads cannot learn
        for beta in stage.betas:
            beta.data = torch.randn(beta.shape, generator=generator)
    return network


@pytest.mark.parametrize("seed", SEEDS)
def test_every_learnable_parameter_gets_a_gradient(seed: int) -> None:
    network = randomised(any_mixture(seed), seed)
    outputs = network(torch.rand(3, 3, *SIZE, generator=torch.Generator().manual_seed(seed)))
    sum((output - 0.3).square().mean() for output in outputs.values()).backward()
    dead = [name for name, p in network.named_parameters() if p.grad is None or not p.grad.any()]
    assert not dead, any_mixture(seed)
    assert all(p.grad.isfinite().all() for p in network.parameters())


@pytest.mark.parametrize("seed", FEWER)
def test_cost_before_building_equals_counting_the_static_network(seed: int) -> None:
    pattern = any_mixture(seed)
    network = build(pattern, FAMILY, OUTPUTS, 0)
    for price, logit in ((compute_cost, -1.0), (compute_ceiling, 1.0))[: 2 if network.gated else 1]:
        for stage in network.gated.values():
            for gate in stage.gates:
                gate.alpha.data.fill_(logit)
        counted, told = count_macs(prune(network), SIZE), price(pattern, FAMILY, OUTPUTS, SIZE)
        assert (counted.macs, counted.params) == (told.macs, told.params)
        if not network.gated:
            assert counted.fixed == told.fixed


@pytest.mark.parametrize("seed", FEWER)
def test_key_and_network_have_the_same_blocks(seed: int) -> None:
    pattern = any_mixture(seed)
    assert {block.name for block in list_blocks(pattern)} == set(build(pattern, FAMILY, OUTPUTS, 0).blocks)
    assert SharingPattern.from_json(pattern.to_json()) == pattern


@pytest.mark.parametrize("seed", FEWER)
def test_pruned_equals_masked(seed: int) -> None:
    network = randomised(any_mixture(seed), seed)
    images = torch.rand(2, 3, *SIZE, generator=torch.Generator().manual_seed(seed))
    network(images)  # so that batch-norm has seen something
    masked, static = network.eval()(images), prune(network).eval()
    assert not static.gated
    for task, output in static(images).items():
        torch.testing.assert_close(output, masked[task], atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("seed", FEWER)
def test_in_mixed_precision_gated_and_pruned_networks_run_and_learn(seed: int) -> None:
    """As on a GPU, where training runs under autocast."""
    network = randomised(any_mixture(seed), seed)
    images = torch.rand(2, 3, *SIZE, generator=torch.Generator().manual_seed(seed))
    for each in (network, prune(network)):
        with torch.autocast("cpu", dtype=torch.bfloat16):
            outputs = each.train()(images)
        sum(output.float().square().mean() for output in outputs.values()).backward()
        assert all(p.grad is None or p.grad.isfinite().all() for p in each.parameters())
    assert any(p.grad is not None and p.grad.any() for p in network.parameters())
