from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F

from trainers.tasks.views import enlarge, enlarge_image


@pytest.mark.parametrize("box", [(0, 0, 8, 12), (1, 2, 5, 7), (3, 4, 4, 8), (7, 11, 1, 1)])
def test_nearest_agrees_with_torch(box: tuple[int, int, int, int]) -> None:
    maps = torch.rand(2, 3, 8, 12)
    top, left, height, width = box
    crop = maps[:, :, top : top + height, left : left + width]
    assert torch.equal(enlarge(maps, box), F.interpolate(crop, size=(8, 12), mode="nearest-exact"))


def test_image_and_targets_stay_registered() -> None:
    """On a ramp, whose nearest value is within half a pixel of the bilinear one everywhere."""
    ramp = torch.arange(40.0).expand(1, 1, 30, 40)
    box = (3, 5, 20, 27)
    assert (enlarge(ramp, box) - enlarge_image(ramp, box)).abs().max() <= 0.5
    assert (enlarge(ramp, box) - enlarge_image(ramp, box)).mean().abs() < 0.02
