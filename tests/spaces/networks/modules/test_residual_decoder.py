from __future__ import annotations

import torch
import torch.nn.functional as F

from spaces.networks.modules.residual_decoder import ResidualDecoder


def test_it_adds_to_the_resized_previous_output() -> None:
    block = ResidualDecoder(8, 5, middle=4, outputs=8)
    torch.nn.init.zeros_(block.expand_norm.weight)  # only the residual is left
    previous = torch.randn(2, 8, 3, 2)
    resized = F.interpolate(previous, size=(6, 4), mode="bilinear", align_corners=False)
    assert torch.equal(block(previous, torch.randn(2, 5, 6, 4)), resized.relu())


def test_other_widths_are_projected_after_resizing() -> None:
    block = ResidualDecoder(3, 5, middle=4, outputs=8)
    torch.nn.init.zeros_(block.expand_norm.weight)
    previous = torch.randn(2, 3, 3, 2)
    resized = F.interpolate(previous, size=(6, 4), mode="bilinear", align_corners=False)
    assert torch.equal(block(previous, torch.randn(2, 5, 6, 4)), block.project(resized).relu())
    assert block.project.bias is None


def test_both_inputs_matter() -> None:
    block = ResidualDecoder(8, 5, middle=4, outputs=8).eval()
    previous, skip = torch.randn(2, 8, 3, 2), torch.randn(2, 5, 6, 4)
    assert not torch.equal(block(previous, skip), block(previous, skip + 1))
    torch.nn.init.zeros_(block.squeeze.weight[:, 8:])
    assert torch.equal(block(previous, skip), block(previous, skip + 1))
