from __future__ import annotations

import pytest
import torch
from torch import nn

from spaces.errors import PatternError
from spaces.networks.modules.blocks import Downsample, make_convolution
from spaces.networks.modules.layer import Layer, chain_layers, list_layers, pick_channels

KEEP = torch.tensor([4, 0, 3])


def stirred(module: nn.Module) -> nn.Module:
    """In use for a while: no statistic as in the beginning."""
    torch.manual_seed(0)
    for part in module.modules():
        if isinstance(part, nn.BatchNorm2d):
            part.running_mean = torch.rand(part.num_features)
            part.running_var = torch.rand(part.num_features) + 0.5
    return module.eval()


@pytest.mark.parametrize(
    ("main", "dim", "shape"),
    [
        (nn.Sequential(nn.Conv2d(4, 6, 3, padding=1), nn.BatchNorm2d(6), nn.ReLU()), 1, (2, 4, 5, 5)),
        (nn.Sequential(nn.Linear(4, 6), nn.GELU()), -1, (2, 9, 4)),
    ],
)
def test_a_narrow_layer_makes_the_channels_that_are_kept(main: nn.Module, dim: int, shape: tuple[int, ...]) -> None:
    layer, features = Layer(stirred(main)), torch.rand(shape)
    narrow = layer.narrow(KEEP, [None], dim, {}).eval()
    torch.testing.assert_close(narrow(features), layer(features).index_select(dim, KEEP))
    assert (layer.channels, narrow.channels) == (6, 3)
    # The first is as it was: parameters of its own.
    assert next(layer.parameters()).data_ptr() != next(narrow.parameters()).data_ptr()


def test_a_narrow_layer_reads_channels_that_were_rearranged() -> None:
    layer, features = Layer(stirred(make_convolution(4, 6))), torch.rand(2, 4, 5, 5)
    order = torch.tensor([2, 0, 3, 1])
    narrow = layer.narrow(KEEP, [order], 1, {}).eval()
    torch.testing.assert_close(narrow(features[:, order]), layer(features)[:, KEEP])


def test_a_narrow_residual_picks_its_skip_where_it_lies_now() -> None:
    layer = Layer(stirred(make_convolution(6, 6)), reads=(1, 0), skip=nn.Identity(), last=nn.ReLU())
    features, skipped, order = torch.rand(2, 6, 5, 5), torch.rand(2, 6, 5, 5), torch.tensor([5, 3, 1, 0, 2, 4])
    narrow = layer.narrow(KEEP, [None, order], 1, {}).eval()
    torch.testing.assert_close(narrow(features, skipped[:, order]), layer(features, skipped)[:, KEEP])


def test_layers_that_share_what_is_before_them_go_on_sharing_it() -> None:
    norm = nn.LayerNorm(4)
    one, other = (Layer(nn.Linear(4, 6), before=norm) for _ in range(2))
    befores: dict[nn.Module, nn.Module] = {}
    first, second = (each.narrow(KEEP, [None], -1, befores) for each in (one, other))
    assert first.before is second.before is not norm


def test_layers_of_a_block_run_one_by_one_are_the_block() -> None:
    blocks = stirred(nn.Sequential(Downsample(3, 6), Downsample(6, 8)))
    values = [torch.rand(2, 3, 16, 16)]
    for layer in list_layers(blocks):
        values.append(layer(*(values[n] for n in layer.reads)))
    torch.testing.assert_close(values[-1], blocks(values[0]))


def test_a_chain_counts_what_it_reads_from_its_own_beginning() -> None:
    part = (Layer(nn.Identity()), Layer(nn.Identity(), reads=(1, 0)))
    assert [layer.reads for layer in chain_layers(part, part, part[:1])] == [(0,), (1, 0), (2,), (3, 2), (4,)]


@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
def test_picked_channels_lie_in_memory_as_all_did(layout: torch.memory_format) -> None:
    image = torch.rand(2, 6, 4, 5).to(memory_format=layout)
    picked = pick_channels(image, KEEP, 1)
    assert torch.equal(picked, image[:, KEEP])
    assert picked.is_contiguous(memory_format=layout)
    tokens = torch.rand(2, 9, 6)
    assert torch.equal(pick_channels(tokens, KEEP, -1), tokens[..., KEEP])


def test_what_is_not_made_of_layers_cannot_be_gated() -> None:
    with pytest.raises(PatternError, match=r"blocks of Conv2d cannot be gated.*layers\(\)"):
        list_layers(nn.Conv2d(3, 3, 1))
    with pytest.raises(PatternError, match="a convolution in 2 groups cannot be gated"):
        list_layers(nn.Sequential(nn.Conv2d(4, 4, 1, groups=2)))
    with pytest.raises(PatternError, match="Conv2d after a convolution cannot be gated: it may mix channels"):
        list_layers(nn.Sequential(nn.Conv2d(3, 3, 1), nn.Conv2d(3, 3, 1)))
