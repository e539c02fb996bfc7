from __future__ import annotations

import random

import pytest
import torch

from spaces.choices import enumerate_patterns
from spaces.fusion import Fusion
from spaces.networks.build import build
from spaces.networks.modules.output import Output
from spaces.networks.small import Small
from spaces.pattern.sharing_pattern import NoExchange, SharingPattern, hard_sharing, separate_decoders
from spaces.pattern.stage import Stage
from spaces.pattern.walk import list_blocks
from spaces.tree import decode_partitions
from tests.spaces.networks.flow import check_decoded, moved

OUTPUTS = {"depth": Output(1, "depth"), "normals": Output(3, "normals"), "segmentation": Output(5, "segmentation")}
FAMILY = Small(encoder_widths=(4, 6, 8), decoder_width=4)

PATTERNS = tuple(proposal.pattern for proposal in enumerate_patterns(Fusion(4, 4), tuple(OUTPUTS)))


def any_pattern(seed: int) -> SharingPattern:
    """A random tree in the encoder and, independently, one in the decoder."""
    rng = random.Random(seed)

    def tree() -> tuple[Stage, ...]:
        groups = decode_partitions(lambda name, options: rng.choice(options), tuple(OUTPUTS), 3)
        return tuple(Stage(partition) for partition in groups)

    return SharingPattern(tree(), (NoExchange(),) * 3, tree())


def network_of(pattern: SharingPattern, seed: int = 0) -> torch.nn.Module:
    return build(pattern, FAMILY, OUTPUTS, seed)


@pytest.mark.parametrize("seed", range(20))
def test_every_block_gets_gradient_from_the_tasks_that_reach_it_and_no_other(seed: int) -> None:
    pattern = any_pattern(seed)
    network = network_of(pattern)
    for task in OUTPUTS:
        network.zero_grad(set_to_none=True)
        network(torch.rand(2, 3, 16, 16))[task].square().mean().backward()
        for block in list_blocks(pattern):
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
    assert sorted(calls) == sorted(block.name for block in list_blocks(pattern)) == sorted(set(calls))


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern.key)
def test_every_pattern_of_three_tasks_trains_each_block_by_its_group_alone(pattern: SharingPattern) -> None:
    network = build(pattern, Small(), OUTPUTS, 0)
    groups = {block.name: block.group for block in list_blocks(pattern)}
    assert moved(network, torch.rand(4, 3, 32, 32)) == {
        name: {task: float(task in group) for task in OUTPUTS} for name, group in groups.items()
    }


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern.key)
def test_tasks_hold_one_decoder_output_where_they_share_and_different_ones_where_they_do_not(
    pattern: SharingPattern,
) -> None:
    """The released PDF code hands all tasks of a group the same list of features, private stages or not."""
    check_decoded(build(pattern, Small(), OUTPUTS, 0), torch.rand(2, 3, 32, 32))


def test_heads_read_what_decode_gives() -> None:
    network = network_of(any_pattern(4)).eval()
    image = torch.rand(2, 3, 16, 24)
    decoded, outputs = network.decode(image), network(image)
    assert set(decoded) == set(OUTPUTS)
    for task, values in decoded.items():
        assert [tuple(value.shape) for value in values] == [(2, 4, 2, 3), (2, 4, 4, 6), (2, 4, 8, 12)]
        assert torch.equal(network.heads[f"head/{task}"](values, (16, 24)), outputs[task])


def test_outputs_have_the_size_of_the_image_and_the_channels_of_the_task() -> None:
    outputs = network_of(any_pattern(3))(torch.rand(2, 3, 24, 16))
    assert {task: tuple(output.shape) for task, output in outputs.items()} == {
        task: (2, output.channels, 24, 16) for task, output in OUTPUTS.items()
    }


def test_patterns_that_share_a_block_start_it_alike() -> None:
    fused, separate = (make(tuple(OUTPUTS), 3, 3) for make in (hard_sharing, separate_decoders))
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
    network = build(pattern, FAMILY, OUTPUTS, 0).eval()
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
    network = build(hard_sharing(names, 3, 3), FAMILY, dict.fromkeys(names, Output(1, "depth")), 0)
    assert set(network(torch.rand(1, 3, 16, 16))) == set(names)
