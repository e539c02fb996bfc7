from __future__ import annotations

import pytest
import torch

from spaces.choices import enumerate_patterns
from spaces.fusion import Fusion
from spaces.networks.build import build
from spaces.networks.small import Small
from spaces.pattern import hard_sharing, separate_decoders
from trainers import cost as cost_module
from trainers.cost import cost, count

CHANNELS = {"depth": 1, "normals": 3, "segmentation": 6}
SIZE = (64, 64)


def test_a_sum_of_block_costs_equals_counting_the_whole_network() -> None:
    family = Small()
    proposals = list(enumerate_patterns(Fusion(4, 4), tuple(CHANNELS)))
    assert len(proposals) == 35
    for proposal in proposals:
        with torch.device("meta"):
            network = build(proposal.pattern, family, CHANNELS, 0)
        assert cost(proposal.pattern, family, CHANNELS, SIZE) == count(network, SIZE)


def test_cost_agrees_with_a_count_by_hand() -> None:
    family = Small(encoder_widths=(4,), decoder_width=2)
    pattern = hard_sharing(["depth"], 1, 1)
    # 64x64 image, everything at 32x32: down 3->4, refine 4->4, fuse 4->2, refine 2->2 (3x3), head 2->1 (1x1).
    pixels = 32 * 32
    macs = pixels * (9 * (3 * 4 + 4 * 4 + 4 * 2 + 2 * 2) + 2 * 1)
    params = 9 * (3 * 4 + 4 * 4 + 4 * 2 + 2 * 2) + 2 * (4 + 4 + 2 + 2) + 2 * 1 + 1
    found = cost(pattern, family, {"depth": 1}, SIZE)
    assert (found.macs, found.params, found.flops) == (macs, params, 2 * macs)


def test_the_counter_sees_attention_on_the_meta_device() -> None:
    """On a CPU torch's counter misses fused attention; the counts here must not."""

    class Attention(torch.nn.Module):
        def forward(self, image: torch.Tensor) -> torch.Tensor:
            tokens = image.flatten(2).transpose(1, 2)  # (1, 64, 3)
            return torch.nn.functional.scaled_dot_product_attention(tokens, tokens, tokens)

    assert count(Attention(), (8, 8)).macs == 2 * 64 * 64 * 3


def test_after_the_first_pattern_nothing_is_counted_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """That is what makes a cost a matter of microseconds; the benchmark says how many."""
    names = [f"task{i}" for i in range(5)]
    channels = dict.fromkeys(names, 2)
    first = cost(hard_sharing(names, 4, 4), Small(), channels, SIZE)
    monkeypatch.setattr(cost_module, "_counted", None)
    assert cost(separate_decoders(names, 4, 4), Small(), channels, SIZE).macs > first.macs
