from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F

from spaces.networks.modules.heads.resize import LARGEST, resize


@pytest.mark.parametrize("before", [(6, 8), (1, 5), (20, 9)])
@pytest.mark.parametrize("after", [(12, 16), (7, 7), (6, 8), (1, 40)])
@pytest.mark.parametrize("channels", [1, 3])
def test_products_of_matrices_give_what_torch_gives_forwards_and_backwards(
    before: tuple[int, int], after: tuple[int, int], channels: int
) -> None:
    generator = torch.Generator().manual_seed(0)
    maps = torch.randn(2, channels, *before, generator=generator)
    maps = maps.contiguous(memory_format=torch.channels_last).requires_grad_()
    wanted = F.interpolate(maps, size=after, mode="bilinear", align_corners=False)
    found = resize(maps, after, training=True)
    torch.testing.assert_close(found, wanted)
    upstream = torch.randn(wanted.shape, generator=generator)
    gradients = (torch.autograd.grad(each, maps, upstream)[0] for each in (found, wanted))
    torch.testing.assert_close(*gradients)


@pytest.mark.parametrize("training", [False, True])
def test_large_maps_and_those_of_no_training_are_torchs_own(training: bool) -> None:
    maps = torch.randn(1, 2, 4, 4)
    size = (LARGEST + 1, 8) if training else (8, 8)
    wanted = F.interpolate(maps, size=size, mode="bilinear", align_corners=False)
    assert torch.equal(resize(maps, size, training=training), wanted)


def test_half_precision_is_torchs_own() -> None:
    maps = torch.randn(1, 2, 4, 4).bfloat16()
    assert resize(maps, (8, 8), training=True).dtype == torch.bfloat16
