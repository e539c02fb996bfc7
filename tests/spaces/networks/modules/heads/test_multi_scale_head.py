from __future__ import annotations

import pytest
import torch
from torch import nn

from spaces.networks.modules.heads.multi_scale_head import MultiScaleHead, make_logit_head, make_value_head

SCALES = tuple(torch.rand(2, 4, side, side + 2, generator=torch.Generator().manual_seed(side)) for side in (2, 4, 8))


@pytest.mark.parametrize("head", [make_logit_head(4, 3, 3, 5), make_value_head(4, 3, 3, 5, nn.Identity())])
def test_every_scale_is_read_and_the_output_has_the_size_of_the_labels(head: MultiScaleHead) -> None:
    head = head.eval()
    output = head(SCALES, (16, 20))
    assert output.shape == (2, 5, 16, 20)
    for index in range(len(SCALES)):
        others = tuple(each + 1 if n == index else each for n, each in enumerate(SCALES))
        assert not torch.allclose(head(others, (16, 20)), output)


def test_parameters_by_hand() -> None:
    pointwise, continuous = make_logit_head(4, 3, 3, 5), make_value_head(4, 3, 3, 5, nn.Identity())
    assert sum(p.numel() for p in pointwise.parameters()) == 3 * (4 * 3 + 3) + (9 * 5 + 5)
    assert sum(p.numel() for p in continuous.parameters()) == 3 * 4 * 3 + (9 * 9 * 5 + 5)


def test_the_activation_stands_before_the_last_resizing() -> None:
    head = make_value_head(4, 3, 3, 1, nn.Sigmoid()).eval()
    plain = MultiScaleHead(list(head.squeeze), head.final, nn.Identity())  # type: ignore[arg-type]
    output, raw = head(SCALES, (16, 20)), plain(SCALES, SCALES[-1].shape[-2:])
    wanted = nn.functional.interpolate(raw.sigmoid(), size=(16, 20), mode="bilinear", align_corners=False)
    torch.testing.assert_close(output, wanted)
