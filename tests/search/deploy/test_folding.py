"""Folding changes no answer."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from search.deploy.folding import fold_batch_norms
from spaces.networks.small import Small
from tests.search.deploy.networks import TASKS, draw_pattern, make_program

FAMILY = Small((8, 12, 16), 4)


@pytest.mark.parametrize("space", ["fusion", "routing", "gates", "workspace"])
def test_a_folded_network_answers_as_before_with_fewer_norms(space: str) -> None:
    network = make_program(draw_pattern(space, FAMILY, TASKS), FAMILY).network
    before = {name: value.clone() for name, value in network.state_dict().items()}
    folded = fold_batch_norms(network)
    norms = [sum(isinstance(each, nn.BatchNorm2d) for each in net.modules()) for net in (network, folded)]
    assert norms[1] < norms[0]
    images = torch.rand(2, 3, 16, 24)
    with torch.no_grad():
        for name, wanted in network(images).items():
            torch.testing.assert_close(folded(images)[name], wanted, rtol=1e-4, atol=1e-5)
    for name, value in network.state_dict().items():
        assert torch.equal(value, before[name])
