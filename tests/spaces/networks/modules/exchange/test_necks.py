from __future__ import annotations

import pytest
import torch

from spaces.networks.modules.exchange.necks import NECKS


@pytest.mark.parametrize("kind", NECKS)
def test_a_neck_keeps_shape_and_channels_and_sees_the_pixels_around(kind: str) -> None:
    torch.manual_seed(0)
    neck = NECKS[kind](6).eval()
    image = torch.randn(2, 6, 8, 10)
    out = neck(image)
    assert out.shape == image.shape
    image[0, :, 4, 5] += 1.0
    changed = (neck(image) - out).abs().sum((0, 1)) > 0
    rows, columns = torch.nonzero(changed, as_tuple=True)
    assert (int(rows.min()), int(rows.max()), int(columns.min()), int(columns.max())) == (3, 5, 4, 6)


def test_a_separable_neck_costs_less() -> None:
    counts = {kind: sum(each.numel() for each in make(32).parameters()) for kind, make in NECKS.items()}
    assert counts == {"conv": 9 * 32 * 32 + 64, "separable": 9 * 32 + 32 * 32 + 128}
