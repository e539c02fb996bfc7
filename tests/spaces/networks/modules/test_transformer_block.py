from __future__ import annotations

import torch

from spaces.networks.build import build
from spaces.networks.modules.transformer_block import AttentionCore, TransformerBlock
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


def test_attention_by_hand() -> None:
    """Each head has its own stretch of channels, and every pixel attends to all."""
    query, key, value = torch.rand(3, 2, 6, 3, 4)
    wanted = torch.empty(2, 6, 12)
    for channels in (slice(0, 3), slice(3, 6)):
        q, k, v = (each.flatten(2)[:, channels] for each in (query, key, value))
        wanted[:, channels] = v @ (q.mT @ k / 3**0.5).softmax(-1).mT
    torch.testing.assert_close(AttentionCore(2)(query, key, value).flatten(2), wanted)


def test_what_goes_on_at_a_place_does_not_depend_on_where_it_is() -> None:
    """Without positions, to exchange pixels is to exchange outputs."""
    torch.manual_seed(0)
    block, features = TransformerBlock(8, 2).eval(), torch.rand(1, 8, 2, 3)
    torch.testing.assert_close(block(features.flip(3)), block(features).flip(3))


def test_parts_of_the_one_map_share_its_weights() -> None:
    block = TransformerBlock(8, 2)
    parts = block.attn.parts()
    stacked = torch.cat([part.weight for part in parts])
    assert torch.equal(stacked, block.attn.qkv.weight)
    assert {part.weight.untyped_storage().data_ptr() for part in parts} == {
        block.attn.qkv.weight.untyped_storage().data_ptr()
    }
