from __future__ import annotations

import math

import pytest
import torch

from spaces.networks.modules.primitives import PRIMITIVES, SharedLayer
from spaces.pattern import mixing

LEARNED_NOTHING = ("average", "identity", "max", "shift")


def layer(*names: str, inputs: int = 8, outputs: int = 12, stride: int = 1, how: str = "grouped") -> SharedLayer:
    torch.manual_seed(0)
    return SharedLayer(inputs, outputs, stride, names, how)


def test_the_names_are_those_that_patterns_know() -> None:
    assert tuple(PRIMITIVES) == mixing.PRIMITIVES


@pytest.mark.parametrize("name", PRIMITIVES)
@pytest.mark.parametrize("stride", [1, 2, 4])
@pytest.mark.parametrize("size", [(8, 8), (7, 9), (5, 21)])
def test_all_give_the_same_shape(name: str, stride: int, size: tuple[int, int]) -> None:
    made = PRIMITIVES[name](6, stride)(torch.rand(2, 6, *size))
    assert tuple(made.shape) == (2, 6, -(-size[0] // stride), -(-size[1] // stride))


@pytest.mark.parametrize("name", PRIMITIVES)
def test_nothing_of_a_primitive_is_learnable_and_what_it_draws_is_saved(name: str) -> None:
    torch.manual_seed(0)
    primitive = PRIMITIVES[name](6, 1)
    assert list(primitive.parameters()) == []
    assert bool(primitive.state_dict()) == (name not in LEARNED_NOTHING)
    assert all(tensor.is_floating_point() for tensor in primitive.state_dict().values())
    torch.manual_seed(0)
    again = PRIMITIVES[name](6, 1)
    torch.manual_seed(1)
    other = PRIMITIVES[name](6, 1)
    image = torch.rand(1, 6, 9, 9)
    assert torch.equal(primitive(image), again(image))
    assert torch.equal(primitive(image), other(image)) == (name in LEARNED_NOTHING)
    assert torch.equal(primitive.train()(image), primitive.eval()(image))


@pytest.mark.parametrize("name", ["dilated", "random", "sparse"])
def test_random_kernels_keep_the_variance(name: str) -> None:
    torch.manual_seed(0)
    made = PRIMITIVES[name](64, 1)(torch.randn(4, 64, 32, 32))
    assert float(made[:, :, 4:-4, 4:-4].var()) == pytest.approx(1.0, rel=0.15)


def test_a_sparse_kernel_has_one_size_of_weight_at_a_tenth_of_its_places() -> None:
    torch.manual_seed(0)
    kernel = PRIMITIVES["sparse"](20, 1).get_buffer("kernel")
    assert [int(row.count_nonzero()) for row in kernel] == [18] * 20
    assert kernel[kernel != 0].abs().unique().tolist() == pytest.approx([1 / math.sqrt(18)])


def test_shift_looks_at_one_neighbour_and_does_not_wrap() -> None:
    image = torch.arange(1.0, 1 + 9 * 3 * 4).view(1, 9, 3, 4)
    made = PRIMITIVES["shift"](9, 1)(image)
    steps = ((0, -1), (0, 1), (-1, 0), (1, 0))
    for channel, quarter in enumerate((0, 0, 0, 1, 1, 2, 2, 3, 3)):
        down, right = steps[quarter]
        for row in range(3):
            for column in range(4):
                inside = 0 <= row + down < 3 and 0 <= column + right < 4
                wanted = float(image[0, channel, row + down, column + right]) if inside else 0.0
                assert float(made[0, channel, row, column]) == wanted


def test_average_at_the_border_is_the_mean_of_what_is_there() -> None:
    assert torch.equal(PRIMITIVES["average"](2, 1)(torch.ones(1, 2, 4, 4)), torch.ones(1, 2, 4, 4))


def test_dilation_reaches_two_pixels() -> None:
    image = torch.zeros(1, 1, 9, 9)
    image[0, 0, 4, 4] = 1.0
    made = PRIMITIVES["dilated"](1, 1)(image)[0, 0]
    assert sorted({int(place) for place in made.nonzero().flatten()}) == [2, 4, 6]


def test_the_views_of_a_channel_stand_side_by_side_before_they_are_recombined() -> None:
    """Groups of the recombination then mix the views of few channels only."""
    made = layer("identity", "max", inputs=6, outputs=6)
    assert made.recombine.groups == 6
    image = torch.rand(1, 6, 5, 5)
    changed = image.clone()
    changed[:, 2] += 1
    differs = (made(image) - made(changed)).abs().amax((0, 2, 3)) > 0
    assert differs.tolist() == [False, False, True, False, False, False]


@pytest.mark.parametrize(("inputs", "outputs"), [(3, 12), (16, 18), (7, 5), (24, 48)])
@pytest.mark.parametrize("how", ["grouped", "dense"])
def test_learnable_weights_are_those_of_the_recombination(inputs: int, outputs: int, how: str) -> None:
    names = ("average", "random", "sparse")
    made = layer(*names, inputs=inputs, outputs=outputs, how=how)
    groups = math.gcd(inputs, outputs) if how == "grouped" else 1
    assert sum(p.numel() for p in made.parameters()) == len(names) * inputs * outputs // groups
    assert sum(b.numel() for b in made.buffers()) == 9 * inputs + 9 * inputs * inputs


@pytest.mark.parametrize("name", PRIMITIVES)
def test_alone_each_trains_its_recombination(name: str) -> None:
    made = layer(name, stride=2)
    made(torch.rand(2, 8, 16, 16)).square().mean().backward()
    assert made.recombine.weight.grad is not None
    assert bool(made.recombine.weight.grad.any())


def test_it_can_be_made_and_run_on_the_meta_device() -> None:
    with torch.device("meta"):
        made = layer(*PRIMITIVES, stride=2)
        assert made(torch.empty(1, 8, 10, 10)).shape == (1, 12, 5, 5)


@pytest.mark.parametrize("how", mixing.RECOMBINATIONS)
@pytest.mark.parametrize(("stride", "size"), [(1, (7, 9)), (2, (7, 9)), (3, (8, 10)), (4, (1, 5))])
def test_all_primitives_together_at_any_stride_and_size(how: str, stride: int, size: tuple[int, int]) -> None:
    made = layer(*PRIMITIVES, inputs=6, outputs=9, stride=stride, how=how)(torch.rand(2, 6, *size))
    assert tuple(made.shape) == (2, 9, -(-size[0] // stride), -(-size[1] // stride))


def test_a_grouped_recombination_is_that_of_a_slow_loop() -> None:
    """Channel shuffle, then groups: output o of group g reads the channels of g, view by view, side by side."""
    made = layer("identity", "max", "random", inputs=4, outputs=6)
    image = torch.randn(2, 4, 5, 5)
    views = [torch.relu(view(image)) for view in made.views]
    shuffled = [views[view][:, channel] for channel in range(4) for view in range(3)]
    reads, makes = 12 // 2, 6 // 2
    for output in range(6):
        group = output // makes
        wanted = sum(
            made.recombine.weight[output, place, 0, 0] * shuffled[group * reads + place] for place in range(reads)
        )
        torch.testing.assert_close(made(image)[:, output], wanted)


def count_reached(how: str, layers: int) -> int:
    """Output channels that change with the first of 16 that come in."""
    torch.manual_seed(0)
    stack = torch.nn.Sequential(*(layer("identity", "max", inputs=16, outputs=16, how=how) for _ in range(layers)))
    for made in stack:
        made.get_parameter("recombine.weight").data.abs_()  # so that no ReLU hides anything
    image = torch.rand(1, 16, 4, 4)
    changed = image.clone()
    changed[:, 0] += 1
    return int(((stack(image) - stack(changed)).abs().amax((0, 2, 3)) > 0).sum())


def test_shuffled_layers_make_channels_meet_that_grouped_ones_keep_apart() -> None:
    assert [count_reached("grouped", layers) for layers in (1, 2, 3)] == [1, 1, 1]
    assert [count_reached("shuffled", layers) for layers in (1, 2)] == [4, 16]
    one, two = layer("max", inputs=6, outputs=9), layer("max", inputs=6, outputs=9, how="shuffled")
    assert one.recombine.groups == two.recombine.groups == 3
    two.load_state_dict(one.state_dict())
    image = torch.rand(1, 6, 4, 4)
    torch.testing.assert_close(two(image), torch.nn.functional.channel_shuffle(one(image), 3))


@pytest.mark.parametrize(("inputs", "outputs"), [(16, 16), (8, 12), (3, 7), (48, 24), (5, 5), (64, 128)])
def test_groups_are_as_many_as_can_be_and_shuffled_ones_leave_none_out(inputs: int, outputs: int) -> None:
    counts = {how: mixing.count_groups(inputs, outputs, how) for how in mixing.RECOMBINATIONS}
    assert counts["dense"] == 1
    assert counts["grouped"] == math.gcd(inputs, outputs)
    assert math.gcd(inputs, outputs) % counts["shuffled"] == 0
    assert counts["shuffled"] ** 2 <= max(inputs, outputs)


@pytest.mark.parametrize("name", [name for name in PRIMITIVES if name != "identity"])
def test_each_differs_from_identity(name: str) -> None:
    torch.manual_seed(0)
    image = torch.rand(1, 4, 6, 6)
    assert not torch.allclose(PRIMITIVES[name](4, 1)(image), PRIMITIVES["identity"](4, 1)(image))


def test_what_is_fixed_moves_with_the_layer() -> None:
    made = layer(*PRIMITIVES).to(torch.float64)
    assert {tensor.dtype for tensor in made.state_dict().values()} == {torch.float64}
    assert made(torch.rand(1, 8, 5, 5, dtype=torch.float64)).dtype == torch.float64


def test_all_together_train_every_primitive_of_the_recombination() -> None:
    made = layer(*PRIMITIVES, inputs=8, outputs=8, stride=2)
    made(torch.randn(2, 8, 16, 16)).square().mean().backward()
    assert made.recombine.weight.grad is not None
    assert bool(made.recombine.weight.grad.all())
