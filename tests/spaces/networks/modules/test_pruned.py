from __future__ import annotations

import random

import pytest
import torch
from torch import nn

from spaces.errors import DataError
from spaces.networks.build import build, prune
from spaces.networks.cost import count_macs
from spaces.networks.modules.gated import START, GatedStage
from spaces.networks.modules.layer import Layer, list_layers
from spaces.networks.modules.pruned import PrunedStage
from spaces.networks.modules.resnet import make_stage, make_stem
from spaces.pattern.sharing_pattern import hard_sharing
from tests.spaces.networks.mixes import FAMILY, OUTPUTS, SIZE, TASKS, gated
from tests.spaces.networks.modules.random_gates import open_at_random

T = len(TASKS)


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
        open_at_random(stage, rng.randrange(1000), share=rng.choice((0.05, 0.3, 0.6, 0.95)))
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
    stages = [open_at_random(stage, seed + index) for index, stage in enumerate(network.gated.values())]
    one = 9 * (8 * 12 + 12 * 12) * 64 + 9 * (12 * 16 + 16 * 16) * 16
    rest = count_macs(build(gated(shared=3), FAMILY, OUTPUTS, 0), SIZE).macs - one
    wanted = sum(conv_macs(stage, [pixels] * 2) for stage, pixels in zip(stages, (64, 16), strict=True))
    assert count_macs(prune(network), SIZE).macs == rest + wanted


def test_gates_serve_channels_of_tokens() -> None:
    def branch() -> list[Layer]:
        first = Layer(nn.Linear(6, 5))
        return [first, Layer(nn.Linear(5, 5), reads=(1, 1), skip=nn.Identity(), last=nn.GELU())]

    torch.manual_seed(0)
    stage = open_at_random(
        GatedStage(TASKS, [branch() for _ in TASKS], branch(), (0.5,) * T, True, START, dim=-1), 0
    ).eval()
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
    blocks = [nn.Sequential(make_stem(8), make_stage(8, 4, count=2, stride=1)) for _ in range(3)]
    whole = blocks[0]
    images = torch.rand(2, 3, 32, 32)
    layers = list_layers(whole)
    values = [images]
    for layer in layers:
        values.append(layer(*(values[n] for n in layer.reads)))
    torch.testing.assert_close(values[-1], whole(images))
    one, other, shared = map(list_layers, blocks)
    stage = open_at_random(GatedStage(("a", "b"), [one, other], shared, (0.5, 0.5), True, START), 1)
    stage(images, images, images)
    masked = stage.eval()(images, images, images)
    pruned = PrunedStage(stage, stage.masks).eval()(images, images, images)
    for before, after in zip(masked, pruned, strict=True):
        torch.testing.assert_close(after, before, atol=1e-5, rtol=1e-5)


def test_masks_rebuild_the_network_and_name_it() -> None:
    network = build(gated(shared=1), FAMILY, OUTPUTS, 0)
    for index, stage in enumerate(network.gated.values()):
        open_at_random(stage, index)
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
