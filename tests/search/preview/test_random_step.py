"""A step on random images is timed on images that the network takes and that do not take long."""

from __future__ import annotations

import pytest
import torch

from search.preview import random_step
from search.preview.random_step import time_random_step
from spaces.networks.build import SharedNetwork, build
from spaces.networks.cost import count_macs
from spaces.networks.modules.output import Output
from spaces.networks.small import Small
from spaces.pattern.sharing_pattern import hard_sharing


def make() -> SharedNetwork:
    outputs = {"a": Output(2, "segmentation"), "b": Output(1, "depth")}
    return build(hard_sharing(outputs, 2, 2), Small(encoder_widths=(4, 4), decoder_width=4), outputs, 0)


def test_whole_images_where_these_are_cheap() -> None:
    network = make()

    rate = time_random_step(network, (16, 24), 4, "cpu", threads=1)

    assert (rate.device, rate.size) == ("cpu", (16, 24))
    assert rate.macs == 2 * 3 * count_macs(network, (16, 24)).macs
    assert rate.speed == rate.macs / rate.seconds > 0
    assert all(torch.isfinite(each.grad).all() for each in network.parameters() if each.grad is not None)


@pytest.mark.parametrize(("share", "size"), [(1 / 4, (16, 32)), (1 / 9, (8, 20)), (1e-9, (4, 4))])
def test_smaller_ones_in_multiples_of_the_stride(
    share: float, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    network = make()
    whole = 6 * count_macs(network, (32, 64)).macs
    monkeypatch.setitem(random_step.WORK, "cpu", share * whole)

    assert time_random_step(network, (32, 64), 4, "cpu", threads=1).size == size
