from __future__ import annotations

import random

import pytest
import torch

from spaces.networks.build import build
from spaces.networks.small import Small
from spaces.pattern import NoExchange, SharingPattern, Stage, hard_sharing, separate_decoders
from spaces.tree import partitions
from spaces.walk import blocks

CHANNELS = {"depth": 1, "normals": 3, "segmentation": 5}
FAMILY = Small(encoder_widths=(4, 6, 8), decoder_width=4)


def any_pattern(seed: int) -> SharingPattern:
    """A random tree in the encoder and, independently, one in the decoder."""
    rng = random.Random(seed)

    def tree() -> tuple[Stage, ...]:
        groups = partitions(lambda name, options: rng.choice(options), tuple(CHANNELS), 3)
        return tuple(Stage(partition) for partition in groups)

    return SharingPattern(tree(), (NoExchange(),) * 3, tree())


def network_of(pattern: SharingPattern, seed: int = 0) -> torch.nn.Module:
    return build(pattern, FAMILY, CHANNELS, seed)


@pytest.mark.parametrize("seed", range(20))
def test_every_block_gets_gradient_from_the_tasks_that_reach_it_and_no_other(seed: int) -> None:
    pattern = any_pattern(seed)
    network = network_of(pattern)
    for task in CHANNELS:
        network.zero_grad(set_to_none=True)
        network(torch.rand(2, 3, 16, 16))[task].square().mean().backward()
        for block in blocks(pattern):
            if block.part == "decoder":
                got = any(p.grad is not None and p.grad.any() for p in network.blocks[block.name].parameters())
                assert got == (task in block.group), (block.name, task)
        for other, head in network.heads.items():
            assert any(p.grad is not None for p in head.parameters()) == (other == f"head/{task}")


@pytest.mark.parametrize("seed", range(20))
def test_every_parameter_gets_gradient_from_all_tasks_together(seed: int) -> None:
    network = network_of(any_pattern(seed))
    sum(output.square().mean() for output in network(torch.rand(4, 3, 16, 16)).values()).backward()
    dead = [name for name, p in network.named_parameters() if p.grad is None or not p.grad.any()]
    assert not dead


@pytest.mark.parametrize("seed", range(5))
def test_a_shared_block_is_evaluated_once(seed: int) -> None:
    pattern = any_pattern(seed)
    network = network_of(pattern)
    calls: list[str] = []
    for name, module in network.blocks.items():
        module.register_forward_hook(lambda *_, name=name: calls.append(name))
    network(torch.rand(2, 3, 16, 16))
    assert sorted(calls) == sorted(block.name for block in blocks(pattern)) == sorted(set(calls))


def test_outputs_have_the_size_of_the_image_and_the_channels_of_the_task() -> None:
    outputs = network_of(any_pattern(3))(torch.rand(2, 3, 24, 16))
    assert {task: tuple(output.shape) for task, output in outputs.items()} == {
        task: (2, channels, 24, 16) for task, channels in CHANNELS.items()
    }


def test_private_decoders_hold_values_of_their_own() -> None:
    """The released PDF code hands all tasks of a group the same list of features; here they must differ."""
    tasks = tuple(CHANNELS)
    pattern = SharingPattern(
        encoder=(Stage((tasks,)),) * 3,
        exchange=(NoExchange(),) * 3,
        decoder=(Stage((tasks,)), Stage((tasks,)), Stage((("depth",), ("normals",), ("segmentation",)))),
    )
    network = network_of(pattern)
    seen: dict[str, torch.Tensor] = {}
    for task in tasks:
        network.heads[f"head/{task}"].register_forward_hook(
            lambda module, args, output, task=task: seen.update({task: args[0][-1]})
        )
    network(torch.rand(2, 3, 16, 16))
    assert not torch.equal(seen["depth"], seen["normals"])
    assert not torch.equal(seen["depth"], seen["segmentation"])


def test_patterns_that_share_a_block_start_it_alike() -> None:
    fused, separate = (make(tuple(CHANNELS), 3, 3) for make in (hard_sharing, separate_decoders))
    one, other = network_of(fused).state_dict(), network_of(separate).state_dict()
    common = [name for name in one if name in other]
    assert any(name.startswith("blocks.encoder1/") for name in common)
    assert all(torch.equal(one[name], other[name]) for name in common)
    assert not torch.equal(other["blocks.decoder1/depth.fuse.0.weight"], other["blocks.decoder1/normals.fuse.0.weight"])


def test_the_seed_decides_the_initial_weights_and_nothing_else_does() -> None:
    pattern = any_pattern(1)
    torch.manual_seed(1)
    first = network_of(pattern, seed=7).state_dict()
    torch.manual_seed(2)
    again, other = network_of(pattern, seed=7).state_dict(), network_of(pattern, seed=8).state_dict()
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert any(not torch.equal(first[name], other[name]) for name in first)


def test_building_leaves_the_global_generator_alone() -> None:
    torch.manual_seed(3)
    expected = torch.rand(3)
    torch.manual_seed(3)
    network_of(any_pattern(2))
    assert torch.equal(torch.rand(3), expected)


def test_tasks_that_parted_and_meet_share_the_mean() -> None:
    """The first decoder stage may join what the encoder split: it then reads the mean of the distinct features."""
    pair = ("depth", "normals")
    apart = Stage((("depth",), ("normals",)))
    pattern = SharingPattern((apart,) * 3, (NoExchange(),) * 3, (Stage((pair,)),) * 3)
    network = build(pattern, FAMILY, CHANNELS, 0).eval()
    image = torch.rand(1, 3, 16, 16)
    read: list[torch.Tensor] = []
    network.blocks["decoder1/depth+normals"].register_forward_pre_hook(lambda module, args: read.append(args[0]))
    network(image)

    def encoded(task: str) -> torch.Tensor:
        features = image
        for stage in (1, 2, 3):
            features = network.blocks[f"encoder{stage}/{task}"](features)
        return features

    torch.testing.assert_close(read[0], (encoded("depth") + encoded("normals")) / 2)


def test_a_task_may_be_called_like_a_method_of_a_module() -> None:
    names = ("forward", "keys", "train", "type")
    network = build(hard_sharing(names, 3, 3), FAMILY, dict.fromkeys(names, 1), 0)
    assert set(network(torch.rand(1, 3, 16, 16))) == set(names)
