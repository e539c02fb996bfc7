from __future__ import annotations

import torch
from torch import nn

from spaces.networks.modules.backbone import Backbone


def test_colours_are_standardised_before_the_body() -> None:
    backbone = Backbone("half", nn.Identity(), lambda body, image: body(image))
    image = torch.rand(2, 3, 4, 4)
    torch.testing.assert_close(backbone(image), (image - 0.5) / 0.5)


def test_weights_stand_under_the_body_and_colours_are_not_saved() -> None:
    backbone = Backbone("imagenet", nn.Sequential(nn.Conv2d(3, 4, 1)), lambda body, image: body(image))
    assert list(backbone.state_dict()) == ["body.0.weight", "body.0.bias"]


def test_what_flows_on_is_laid_out_as_it_is_read() -> None:
    backbone = Backbone("unit", nn.Identity(), lambda body, image: body(image).permute(0, 2, 3, 1).permute(0, 3, 1, 2))
    assert backbone(torch.rand(1, 3, 4, 4).to(memory_format=torch.channels_last)).is_contiguous()
