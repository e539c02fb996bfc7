from __future__ import annotations

import random

import pytest
import torch
from torch import nn

from spaces.errors import DataError, PatternError
from spaces.networks.build import build, prune
from spaces.networks.cost import count_macs
from spaces.networks.modules.gated import START, GatedStage, Start
from spaces.networks.modules.gates import ESTIMATORS, Gate
from spaces.networks.modules.layer import Layer, list_layers
from spaces.networks.modules.pruned import PrunedStage
from spaces.networks.modules.resnet import stage as resnet_stage
from spaces.networks.modules.resnet import stem
from spaces.pattern.sharing_pattern import hard_sharing
from tests.spaces.networks.mixes import FAMILY, OUTPUTS, SIZE, TASKS, gated

T = len(TASKS)


def drawn(stage: GatedStage, seed: int, share: float = 0.5) -> GatedStage:
    """Random gates, about this share of them open."""
    generator = torch.Generator().manual_seed(seed)
    for gate in stage.gates:
        gate.alpha.data = share - torch.rand(gate.alpha.shape, generator=generator)
    for beta in stage.betas:
        beta.data = torch.randn(beta.shape, generator=generator)
    return stage


def conv_macs(stage: GatedStage, sizes: list[int]) -> int:
    """Multiply-accumulates of the pruned stage by the formula: k k C_in H W (sum of n_t + n_s), layer by layer."""
    total = 0
    for index, (gate, pixels) in enumerate(zip(stage.gates, sizes, strict=True)):
        weight = next(p for p in stage.layers(index)[-1].main.parameters() if p.ndim == 4)
        read = int(gate.open.sum()) + int((~gate.open.all(0)).sum())
        total += weight[0].numel() * pixels * read
    return total


@pytest.mark.parametrize("seed", range(12))
def test_macs_of_the_gated_part_lie_between_one_network_and_one_a_task(seed: int) -> None:
    network = build(gated(shared=1), FAMILY, OUTPUTS, 0)
    rng = random.Random(seed)
    for stage in network.gated.values():
        drawn(stage, rng.randrange(1000), share=rng.choice((0.05, 0.3, 0.6, 0.95)))
    alone = count_macs(build(hard_sharing(["depth"], 3, 3), FAMILY, OUTPUTS, 0), SIZE).macs
    fused = count_macs(build(gated(shared=3), FAMILY, OUTPUTS, 0), SIZE).macs
    # What hard sharing with three decoders has more than one task alone is two decoders and heads.
    found = count_macs(prune(network), SIZE).macs
    one_network = 0
    for name, stage in network.gated.items():
        one_network += conv_macs(_with(stage, -1.0), [8 * 8] * 2 if name.startswith("encoder2") else [4 * 4] * 2)
    assert alone < fused <= found <= fused + (T - 1) * one_network


def _with(stage: GatedStage, logit: float) -> GatedStage:
    for gate in stage.gates:
        gate.alpha.data.fill_(logit)
    return stage


@pytest.mark.parametrize(("logit", "branches"), [(-1.0, 1), (1.0, T)])
def test_both_extremes_are_exact(logit: float, branches: int) -> None:
    network = build(gated(shared=1), FAMILY, OUTPUTS, 0)
    stages = [_with(stage, logit) for stage in network.gated.values()]
    one = 9 * (8 * 12 + 12 * 12) * 64 + 9 * (12 * 16 + 16 * 16) * 16
    assert sum(conv_macs(stage, [pixels] * 2) for stage, pixels in zip(stages, (64, 16), strict=True)) == branches * one
    fused = count_macs(build(gated(shared=3), FAMILY, OUTPUTS, 0), SIZE)
    found = count_macs(prune(network), SIZE)
    assert found.macs == fused.macs + (branches - 1) * one
    norms = 2 * 2 * (12 + 16)
    kernels = 9 * (8 * 12 + 12 * 12 + 12 * 16 + 16 * 16)
    assert found.params == fused.params + (branches - 1) * (kernels + norms)


@pytest.mark.parametrize("seed", range(10))
def test_macs_follow_the_formula(seed: int) -> None:
    network = build(gated(shared=1), FAMILY, OUTPUTS, 0)
    stages = [drawn(stage, seed + index) for index, stage in enumerate(network.gated.values())]
    one = 9 * (8 * 12 + 12 * 12) * 64 + 9 * (12 * 16 + 16 * 16) * 16
    rest = count_macs(build(gated(shared=3), FAMILY, OUTPUTS, 0), SIZE).macs - one
    wanted = sum(conv_macs(stage, [pixels] * 2) for stage, pixels in zip(stages, (64, 16), strict=True))
    assert count_macs(prune(network), SIZE).macs == rest + wanted


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_every_parameter_learns_under_mixed_gates_whatever_the_estimator(estimator: str) -> None:
    network = build(gated(shared=0), FAMILY, OUTPUTS, 0, Start(0.5, estimator))
    for index, stage in enumerate(network.gated.values()):
        drawn(stage, index)
    torch.manual_seed(0)
    sum(o.square().mean() for o in network(torch.rand(2, 3, *SIZE)).values()).backward()
    assert [name for name, p in network.named_parameters() if p.grad is None or not p.grad.any()] == []


def test_at_a_uniform_start_the_shared_branch_gets_no_gradient() -> None:
    network = build(gated(shared=0), FAMILY, OUTPUTS, 0)
    sum(o.square().mean() for o in network(torch.rand(2, 3, *SIZE)).values()).backward()
    for stage in network.gated.values():
        assert not any(p.grad.any() for p in stage.branches[-1].parameters())
        assert all(p.grad.any() for branch in stage.branches[:-1] for p in branch.parameters())


def test_the_threshold_is_hard_forward_and_the_sigmoid_backward() -> None:
    gate = Gate(2, 3, 0.5, "threshold")
    gate.alpha.data = torch.tensor([[-2.0, -0.01, 0.0], [0.01, 1.0, 3.0]])
    opened = gate()
    assert opened.tolist() == [[0, 0, 1], [1, 1, 1]]
    opened.sum().backward()
    soft = torch.sigmoid(gate.alpha.detach())
    torch.testing.assert_close(gate.alpha.grad, soft * (1 - soft))


@pytest.mark.parametrize("estimator", ["hard_concrete", "gumbel_sigmoid"])
def test_noisy_estimators_open_more_the_larger_the_logit_and_harden_when_not_training(estimator: str) -> None:
    torch.manual_seed(0)
    gate = Gate(1, 4000, 0.5, estimator)
    means = []
    for logit in (-2.0, 0.0, 2.0):
        gate.alpha.data.fill_(logit)
        drawn_gates = gate.train()()
        assert drawn_gates.min() >= 0 and drawn_gates.max() <= 1
        means.append(float(drawn_gates.detach().mean()))
        assert set(gate.eval()().unique().tolist()) == {float(logit >= 0)}
    assert means[0] < 0.3 < means[1] < 0.7 < means[2]


def test_the_rate_of_a_hard_concrete_gate_is_the_probability_of_not_being_closed() -> None:
    torch.manual_seed(0)
    gate = Gate(1, 20_000, 0.3, "hard_concrete")
    assert float(gate.rates.detach()) == pytest.approx(float((gate.train()() > 0).float().mean()), abs=0.01)


def test_settled_gates_are_hard_while_training() -> None:
    gate = Gate(2, 5, 0.5, "gumbel_sigmoid").train()
    gate.settled = True
    assert gate().tolist() == [[1.0] * 5] * 2


def test_soft_and_hard_rates_differ() -> None:
    """All logits a little above the threshold: half open to the penalty, all open in truth."""
    gate = Gate(1, 8, 0.01, "threshold")
    assert float(gate.rates.detach()) == pytest.approx(0.5025, abs=1e-4)
    assert float(gate.open.float().mean()) == 1.0


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


def test_gates_serve_channels_of_tokens() -> None:
    def branch() -> list[Layer]:
        first = Layer(nn.Linear(6, 5))
        return [first, Layer(nn.Linear(5, 5), reads=(1, 1), skip=nn.Identity(), last=nn.GELU())]

    torch.manual_seed(0)
    stage = drawn(GatedStage(TASKS, [branch() for _ in TASKS], branch(), (0.5,) * T, True, START, dim=-1), 0).eval()
    tokens = [torch.rand(2, 9, 6) for _ in range(T + 1)]
    masked = stage(*tokens)
    assert [tuple(each.shape) for each in masked] == [(2, 9, 5)] * (T + 1)
    gate, layers = stage.gates[0], stage.layers(0)
    wanted = [torch.where(gate.open[t], layers[t](tokens[t]), layers[T](tokens[T])) for t in range(T)]
    first = GatedStage(TASKS, [[layer] for layer in layers[:T]], layers[T:], (0.5,) * T, False, START, dim=-1)
    first.gates[0].alpha.data = gate.alpha.data
    for one, other in zip(first.eval()(*tokens), wanted, strict=True):
        torch.testing.assert_close(one, other)
    for before, after in zip(masked, PrunedStage(stage, stage.masks).eval()(*tokens), strict=True):
        torch.testing.assert_close(after, before)


def test_stages_of_bottlenecks_are_pruned_too() -> None:
    torch.manual_seed(0)
    blocks = [nn.Sequential(stem(8), resnet_stage(8, 4, count=2, stride=1)) for _ in range(3)]
    whole = blocks[0]
    images = torch.rand(2, 3, 32, 32)
    layers = list_layers(whole)
    values = [images]
    for layer in layers:
        values.append(layer(*(values[n] for n in layer.reads)))
    torch.testing.assert_close(values[-1], whole(images))
    one, other, shared = map(list_layers, blocks)
    stage = drawn(GatedStage(("a", "b"), [one, other], shared, (0.5, 0.5), True, START), 1)
    stage(images, images, images)
    masked = stage.eval()(images, images, images)
    pruned = PrunedStage(stage, stage.masks).eval()(images, images, images)
    for before, after in zip(masked, pruned, strict=True):
        torch.testing.assert_close(after, before, atol=1e-5, rtol=1e-5)


def test_masks_rebuild_the_network_and_name_it() -> None:
    network = build(gated(shared=1), FAMILY, OUTPUTS, 0)
    for index, stage in enumerate(network.gated.values()):
        drawn(stage, index)
    static = prune(network)
    again = prune(build(gated(shared=1), FAMILY, OUTPUTS, 5), static.masks)
    again.load_state_dict(static.state_dict())
    images = torch.rand(1, 3, *SIZE)
    for task, output in static.eval()(images).items():
        assert torch.equal(again.eval()(images)[task], output)
    assert again.key == static.key != static.pattern.key == network.key


@pytest.mark.parametrize(
    "spoil",
    [
        lambda layers: layers[:1],
        lambda layers: ({**layers[0], "depth": layers[0]["depth"][1:]}, *layers[1:]),
        lambda layers: ({**layers[0], "depth": "2" * len(layers[0]["depth"])}, *layers[1:]),
        lambda layers: ({"edges": "0"}, *layers[1:]),
    ],
)
def test_masks_that_do_not_fit_are_refused(spoil: object) -> None:
    network = build(gated(shared=1), FAMILY, OUTPUTS, 0)
    masks = {name: stage.masks for name, stage in network.gated.items()}
    name = next(iter(masks))
    with pytest.raises(DataError, match="do not fit a gated stage of 2 layers and tasks depth, normals, segmentation"):
        prune(network, {**masks, name: spoil(masks[name])})  # type: ignore[operator]
    with pytest.raises(DataError, match="masks and gated stages differ in"):
        prune(network, {})


def test_what_is_not_made_of_layers_cannot_be_gated() -> None:
    with pytest.raises(PatternError, match=r"blocks of Conv2d cannot be gated.*layers\(\)"):
        list_layers(nn.Conv2d(3, 3, 1))
    with pytest.raises(PatternError, match="a convolution in 2 groups cannot be gated"):
        list_layers(nn.Sequential(nn.Conv2d(4, 4, 1, groups=2)))
    with pytest.raises(PatternError, match="Conv2d after a convolution cannot be gated: it may mix channels"):
        list_layers(nn.Sequential(nn.Conv2d(3, 3, 1), nn.Conv2d(3, 3, 1)))
