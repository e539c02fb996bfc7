from __future__ import annotations

import torch

from spaces.networks.build import build
from spaces.networks.vit import Vit
from spaces.pattern.sharing_pattern import hard_sharing
from tests.spaces.networks.mixes import OUTPUTS, TASKS

TINY = Vit(width=32, depth=4, heads=4, patch=8, grid=4, stages=2, decoder_width=8)


def test_tokens_are_never_copied_to_the_end_and_back() -> None:
    """Images of tokens lie in memory as lists of tokens do."""
    network = build(hard_sharing(TASKS, 2, 2), TINY, OUTPUTS, 0).to(memory_format=torch.channels_last)
    for name, block in network.blocks.items():
        if name.startswith("encoder"):
            block.register_forward_hook(lambda module, inputs, output: seen.append(output.stride(1)))
    seen: list[int] = []
    network(torch.rand(2, 3, 32, 48))
    assert seen == [1, 1]
