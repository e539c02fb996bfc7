from __future__ import annotations

import pytest
import torch

from spaces.networks.modules.ascent import Ascent


@pytest.mark.parametrize("factor", [1, 2])
@pytest.mark.parametrize("skip", [0, 5])
def test_the_output_rises_by_its_factor_whatever_the_skip(skip: int, factor: int) -> None:
    block = Ascent(4, skip, 6, factor)
    parts = [torch.rand(2, 4, 5, 7)] + ([torch.rand(2, skip, 3, 3)] if skip else [])
    output = block(*parts)
    assert output.shape == (2, 6, 5 * factor, 7 * factor)
    output.square().mean().backward()
    assert [name for name, p in block.named_parameters() if p.grad is None or not p.grad.any()] == []


def test_both_previous_output_and_skip_are_read() -> None:
    block = Ascent(4, 5, 6, 2).eval()
    previous, skip = torch.rand(1, 4, 4, 4), torch.rand(1, 5, 4, 4)
    output = block(previous, skip)
    assert not torch.equal(block(previous + 1, skip), output)
    assert not torch.equal(block(previous, skip + 1), output)
