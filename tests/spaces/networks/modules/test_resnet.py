from __future__ import annotations

import pytest
import torch
from torch import nn

from spaces.networks.cost import count_macs
from spaces.networks.modules.resnet import Bottleneck, make_stage
from spaces.networks.pdf import Pdf


def trunk(first: int, last: int) -> nn.Sequential:
    with torch.device("meta"):
        return nn.Sequential(*(Pdf().encoder_block(index) for index in range(first, last)))


def test_the_trunk_is_resnet50() -> None:
    """Without its classifier: 25,557,032 parameters and 4,089,184,256 operations less 2048 x 1000 (and 1000 biases)."""
    cost = count_macs(trunk(0, 4), (224, 224))
    assert cost.params == 25_557_032 - 2048 * 1000 - 1000 == 23_508_032
    assert cost.macs == 4_089_184_256 - 2048 * 1000


def test_the_two_stages_beyond_it_count_what_the_authors_code_does() -> None:
    assert sum(p.numel() for p in trunk(4, 6).parameters()) == 26_247_168


@pytest.mark.parametrize(("inputs", "stride"), [(8, 1), (6, 1), (8, 2)])
def test_a_bottleneck_adds_to_its_input(inputs: int, stride: int) -> None:
    """With a silent inside only the way past it is left, and that is a projection where shapes differ."""
    block = Bottleneck(inputs, 2, stride=stride)
    nn.init.zeros_(block.bn3.weight)
    features = torch.randn(3, inputs, 6, 4)
    silent = block(features)
    assert silent.shape == (3, 8, 6 // stride, 4 // stride)
    assert torch.equal(silent, block.downsample(features).relu())
    assert isinstance(block.downsample, nn.Identity) == (inputs == 8 and stride == 1)


def test_a_stage_halves_once() -> None:
    made = make_stage(6, 2, count=3, stride=2)
    assert len(made) == 3
    assert made(torch.randn(2, 6, 8, 4)).shape == (2, 8, 4, 2)
