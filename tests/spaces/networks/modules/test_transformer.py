from __future__ import annotations

import pytest
import torch

from spaces.networks.build import build
from spaces.networks.vit import Vit
from spaces.pattern.sharing_pattern import hard_sharing
from tests.spaces.networks.mixes import OUTPUTS, TASKS

TINY = Vit(width=32, depth=4, heads=4, patch=8, grid=4, stages=2, decoder_width=8)


@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
def test_images_in_any_layout_give_the_same(layout: torch.memory_format) -> None:
    network = build(hard_sharing(TASKS, 2, 2), TINY, OUTPUTS, 0).eval()
    image = torch.rand(2, 3, 32, 48)
    with torch.no_grad():
        again = network(image.to(memory_format=layout))
        for task, output in network(image).items():
            assert output.shape == (2, OUTPUTS[task].channels, 32, 48)
            torch.testing.assert_close(again[task], output)
