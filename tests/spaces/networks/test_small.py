from __future__ import annotations

import pytest
import torch

from spaces.errors import ConfigError
from spaces.networks.modules.output import Output
from spaces.networks.small import Small

FAMILY = Small(encoder_widths=(6, 8, 10), decoder_width=4)


def test_shapes_from_the_image_to_the_heads() -> None:
    scales = [torch.rand(2, 3, 32, 48)]
    for stage in range(FAMILY.encoder_stages):
        scales.append(FAMILY.encoder_block(stage)(scales[-1]))
    assert [tuple(each.shape) for each in scales[1:]] == [(2, 6, 16, 24), (2, 8, 8, 12), (2, 10, 4, 6)]
    outputs = [FAMILY.decoder_block(0)(scales[3])]
    for stage, skip in ((1, scales[2]), (2, scales[1])):
        outputs.append(FAMILY.decoder_block(stage)(outputs[-1], skip))
    assert [tuple(each.shape) for each in outputs] == [(2, 4, 4, 6), (2, 4, 8, 12), (2, 4, 16, 24)]
    assert FAMILY.head(Output(3, "normals"))(tuple(outputs), (32, 48)).shape == (2, 3, 32, 48)
    assert FAMILY.head(Output(7, "classification", dense=False))(tuple(outputs), (32, 48)).shape == (2, 7)


@pytest.mark.parametrize(("widths", "stride"), [((4,), 2), ((4, 4), 4), ((4,) * 5, 32)])
def test_the_stride_halves_once_a_stage(widths: tuple[int, ...], stride: int) -> None:
    family = Small(encoder_widths=widths)
    assert (family.stride, family.encoder_stages, family.decoder_stages) == (stride, len(widths), len(widths))


def test_fields() -> None:
    with pytest.raises(ConfigError) as refused:
        Small(encoder_widths=(4, 0), decoder_width=0)
    assert refused.value.problems == (
        "network.encoder_widths=[4, 0]: want a list of at least 1 whole numbers >= 1",
        "network.decoder_width=0: want a whole number >= 1",
    )
