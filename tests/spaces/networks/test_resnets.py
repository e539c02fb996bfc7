from __future__ import annotations

from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from spaces.errors import ConfigError
from spaces.networks.cost import count_macs
from spaces.networks.resnets import ResNet
from spaces.networks.weights.published import fit_names
from tests.spaces.networks.encoders import check_gates, encoder, names

CONVOLUTIONS = {18: 2, 34: 2, 50: 3}
COUNTS = {18: (2, 2, 2, 2), 34: (3, 4, 6, 3), 50: (3, 4, 6, 3)}
NORM = ("weight", "bias", "running_mean", "running_var", "num_batches_tracked")
TINY = ResNet(18, width=8, decoder_width=4)


def published_names(depth: int) -> set[str]:
    """Torchvision's, by its rule: a projection where a stage changes the channels or the resolution."""
    found = {"conv1.weight", *(f"bn1.{each}" for each in NORM)}
    for stage, blocks in enumerate(COUNTS[depth], start=1):
        for block in range(blocks):
            place = f"layer{stage}.{block}"
            for index in range(1, CONVOLUTIONS[depth] + 1):
                found |= {f"{place}.conv{index}.weight", *(f"{place}.bn{index}.{each}" for each in NORM)}
            if block == 0 and (stage > 1 or depth == 50):
                found |= {f"{place}.downsample.0.weight", *(f"{place}.downsample.1.{each}" for each in NORM)}
    return found | {"fc.weight", "fc.bias"}


@pytest.mark.parametrize(
    ("depth", "count_of_names", "parameters"), [(18, 122, 11_689_512), (34, 218, 21_797_672), (50, 320, 25_557_032)]
)
def test_names_and_parameters_are_those_of_the_published_files(
    depth: int, count_of_names: int, parameters: int
) -> None:
    wanted = published_names(depth)
    assert len(wanted) == count_of_names
    assert names(ResNet(depth)).keys() == wanted - {"fc.weight", "fc.bias"}
    with torch.device("meta"):
        trunk = encoder(ResNet(depth))
    classifier = 1000 * (ResNet(depth).widths[-1] + 1)
    assert sum(p.numel() for p in trunk.parameters()) + classifier == parameters


def test_multiply_accumulates_of_resnet18() -> None:
    with torch.device("meta"):
        trunk = encoder(ResNet(18))
    assert count_macs(trunk, (224, 224)).macs == 1_813_561_344


def plain(weights: dict[str, Tensor], image: Tensor, depth: int, dilated: bool) -> Tensor:
    """Written down from the paper: no module, every stride and dilation by the rule of the dilated networks."""

    def norm(x: Tensor, name: str) -> Tensor:
        mean, var, gain, bias = (
            weights[f"{name}.{each}"] for each in ("running_mean", "running_var", "weight", "bias")
        )
        return F.batch_norm(x, mean, var, gain, bias)

    mean, std = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
    x = (image - mean.view(3, 1, 1)) / std.view(3, 1, 1)
    x = F.max_pool2d(norm(F.conv2d(x, weights["conv1.weight"], None, 2, 3), "bn1").relu(), 3, 2, 1)
    for stage, blocks in enumerate(COUNTS[depth], start=1):
        for block in range(blocks):
            place, y = f"layer{stage}.{block}", x
            rate = 2 ** (stage - 2) if dilated and stage > 2 else 1
            strided = block == 0 and stage > 1
            stride = 2 if strided and rate == 1 else 1
            for index in range(1, CONVOLUTIONS[depth] + 1):
                kernel = weights[f"{place}.conv{index}.weight"]
                main = index == (2 if depth == 50 else 1)  # the convolution with the stride
                spread = max(1, rate // 2) if main and strided else rate
                spread = spread if kernel.shape[-1] == 3 else 1
                y = F.conv2d(y, kernel, None, stride if main else 1, spread * (kernel.shape[-1] // 2), spread)
                y = norm(y, f"{place}.bn{index}")
                y = y.relu() if index < CONVOLUTIONS[depth] else y
            if f"{place}.downsample.0.weight" in weights:
                x = norm(F.conv2d(x, weights[f"{place}.downsample.0.weight"], None, stride), f"{place}.downsample.1")
            x = (x + y).relu()
    return x


@pytest.mark.parametrize("dilated", [False, True])
@pytest.mark.parametrize("depth", [18, 34, 50])
def test_weights_from_a_file_give_the_outputs_of_a_plain_forward(depth: int, dilated: bool, tmp_path: Path) -> None:
    torch.manual_seed(0)
    family = ResNet(depth, dilated, width=4, weights=str(tmp_path / "resnet.pth"))
    weights = {
        name: torch.rand(tensor.shape) if tensor.dtype.is_floating_point else torch.tensor(7)
        for name, tensor in names(family).items()
    }
    weights = {n: t - 0.5 if t.ndim == 4 else t + 0.5 if t.ndim else t for n, t in weights.items()}
    torch.save({**weights, "fc.weight": torch.rand(5, 4), "fc.bias": torch.rand(5)}, tmp_path / "resnet.pth")

    trunk, found = encoder(family).eval(), fit_names(family)
    for block in trunk:
        block.load_state_dict({name: found[name] for name in block.state_dict()})
    image = torch.rand(2, 3, 64, 96)
    with torch.no_grad():
        made, wanted = trunk(image), plain(weights, image, depth, dilated)

    side = family.stride
    assert made.shape == (2, family.widths[-1], 64 // side, 96 // side)
    torch.testing.assert_close(made, wanted, rtol=1e-4, atol=1e-5 * float(wanted.abs().max()))


def test_the_strides_multiply_to_the_stride() -> None:
    for family in (ResNet(), ResNet(dilated=True)):
        product = 1
        for stride in family.strides:
            product *= stride
        assert product == family.stride


def test_gates() -> None:
    check_gates(TINY, (32, 64))


def test_fields() -> None:
    with pytest.raises(ConfigError) as caught:
        ResNet(101, "yes", 0, 0.5, "caffe", "")  # type: ignore[arg-type]
    assert caught.value.problems == (
        "network.depth=101: want one of 18, 34, 50",
        "network.dilated=yes: want one of False, True",
        "network.width=0: want a whole number >= 1",
        "network.decoder_width=0.5: want a whole number >= 1",
        "network.pixels=caffe: want one of imagenet, half, unit",
        "network.weights=: want a text that is not empty",
    )
