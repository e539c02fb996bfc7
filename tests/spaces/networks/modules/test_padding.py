"""Images of any size: padded inside the network, cropped where they come out."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st

from spaces.networks.build import SharedNetwork, build
from spaces.networks.classifier import Classifier
from spaces.networks.cost import compute_cost, count_macs
from spaces.networks.family import Family
from spaces.networks.feasible import check_feasible
from spaces.networks.identity import identify_network
from spaces.networks.modules.output import Output
from spaces.networks.modules.padding import crop_output, pad_image, pad_labels, pad_size
from spaces.networks.resnets import ResNet
from spaces.networks.small import Small
from spaces.networks.vit import Vit
from spaces.pattern.exchange import Workspace
from spaces.pattern.sharing_pattern import NoExchange, SharingPattern, separate_decoders

DENSE = {"depth": Output(1, "depth"), "segmentation": Output(5, "segmentation")}
WHOLE = {"left": Output(4, "classification", dense=False), "right": Output(3, "classification", dense=False)}
FAMILIES: dict[str, tuple[Family, dict[str, Output], tuple[int, int]]] = {
    "small": (Small((4, 6, 8), 4), DENSE, (9, 21)),
    "resnet": (ResNet(depth=18, decoder_width=8), DENSE, (33, 70)),
    "vit": (Vit(width=24, depth=4, heads=2, decoder_width=8), DENSE, (17, 40)),
    "classifier": (Classifier((4, 6), 4), WHOLE, (5, 9)),
}


def make(name: str) -> tuple[SharedNetwork, tuple[int, int]]:
    family, outputs, size = FAMILIES[name]
    pattern = separate_decoders(list(outputs), family.encoder_stages, family.decoder_stages)
    return build(pattern, family, outputs, 0).eval(), size


@given(height=st.integers(1, 400), width=st.integers(1, 400), stride=st.integers(1, 128))
def test_padded_sizes_are_the_least_multiples_that_hold_the_image(height: int, width: int, stride: int) -> None:
    for pixels, padded in zip((height, width), pad_size((height, width), stride), strict=True):
        assert padded % stride == 0
        assert 0 <= padded - pixels < stride


def test_images_of_a_fitting_size_are_not_touched() -> None:
    image = torch.rand(2, 3, 8, 16)
    assert pad_image(image, 8) is image


def test_the_border_goes_on_at_the_right_and_below() -> None:
    image = torch.arange(6.0).reshape(1, 1, 2, 3)
    assert pad_image(image, 4)[0, 0].tolist() == [[0, 1, 2, 2], [3, 4, 5, 5], [3, 4, 5, 5], [3, 4, 5, 5]]


def test_no_pixel_of_the_padding_has_a_label() -> None:
    assert pad_labels(torch.tensor([[[1, 2, 0]]]), 2, -1).tolist() == [[[1, 2, 0, -1], [-1, -1, -1, -1]]]


@pytest.mark.parametrize("name", list(FAMILIES))
def test_a_network_answers_as_for_an_image_that_was_padded_by_hand(name: str) -> None:
    network, (height, width) = make(name)
    rows, columns = pad_size((height, width), network.stride)
    assert (rows, columns) != (height, width)
    image = torch.rand(2, 3, height, width)
    padded = F.pad(image, (0, columns - width, 0, rows - height), mode="replicate")
    with torch.no_grad():
        found, wanted = network(image), network(padded)
    for task, output in found.items():
        assert output.shape[2:] == ((height, width) if output.dim() == 4 else ())
        assert torch.equal(output, crop_output(wanted[task], (height, width)))


@pytest.mark.parametrize("name", list(FAMILIES))
def test_padding_counts_in_multiply_accumulates(name: str) -> None:
    network, size = make(name)
    family, outputs, _ = FAMILIES[name]
    cost = compute_cost(network.pattern, family, outputs, size)
    assert cost == compute_cost(network.pattern, family, outputs, pad_size(size, family.stride))
    assert cost == count_macs(network, size)


def test_what_a_pattern_may_be_and_is_goes_by_the_padded_size() -> None:
    """Of 9x9 pixels padded to 16 four tokens a task are left at the last scale, where 9 alone would make it one."""
    exchange = (NoExchange(), NoExchange(), Workspace(slots=7, width=4, top_k=1.0, etf=0))
    shape = separate_decoders(["depth", "segmentation"], 3, 3)
    pattern = SharingPattern(shape.encoder, exchange, shape.decoder)
    family = Small((4, 6, 8), 4)
    check_feasible(pattern, family, (9, 9))
    assert identify_network(pattern, family, (9, 9)) == identify_network(pattern, family, (16, 16))
