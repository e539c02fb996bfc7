from __future__ import annotations

from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from spaces.errors import ConfigError, PatternError
from spaces.networks.build import build
from spaces.networks.cost import compute_cost, count_macs
from spaces.networks.feasible import check_feasible
from spaces.networks.vit import Vit
from spaces.networks.weights.published import fit_names
from spaces.pattern.mixing import Routed
from spaces.pattern.sharing_pattern import NoExchange, SharingPattern, hard_sharing
from spaces.pattern.stage import Stage
from tests.spaces.networks.encoders import check_gates, encoder, names
from tests.spaces.networks.flow import check_decoded
from tests.spaces.networks.mixes import OUTPUTS, TASKS

TINY = Vit(width=32, depth=4, heads=4, patch=8, grid=4, stages=2, decoder_width=8)
BLOCK = ("norm1", "attn.qkv", "attn.proj", "norm2", "mlp.fc1", "mlp.fc2")
CLASSIFIER = {"cls_token", "norm.weight", "norm.bias", "head.weight", "head.bias"}


def published_names(depth: int) -> set[str]:
    """Timm's, DeiT's."""
    blocks = {f"blocks.{n}.{part}.{each}" for n in range(depth) for part in BLOCK for each in ("weight", "bias")}
    return blocks | {"pos_embed", "patch_embed.proj.weight", "patch_embed.proj.bias"} | CLASSIFIER


@pytest.mark.parametrize(("width", "heads", "parameters"), [(384, 6, 22_050_664), (768, 12, 86_567_656)])
def test_names_and_parameters_are_those_of_the_published_files(width: int, heads: int, parameters: int) -> None:
    family = Vit(width, heads=heads)
    assert len(published_names(12)) == 152
    assert names(family).keys() == published_names(12) - CLASSIFIER
    beside = 2 * width + 2 * width + 1000 * (width + 1)  # class token and its place, last norm, classifier
    assert sum(tensor.numel() for tensor in names(family).values()) + beside == parameters


def test_multiply_accumulates_with_attention() -> None:
    with torch.device("meta"):
        trunk = encoder(Vit())
    tokens, width = 196, 384
    block = 12 * width * width * tokens + 2 * tokens * tokens * width
    assert count_macs(trunk, (224, 224)).macs == 3 * 16 * 16 * width * tokens + 12 * block


def plain(weights: dict[str, Tensor], image: Tensor, heads: int, patch: int) -> Tensor:
    """Written down from the paper on lists of tokens, attention by its formula."""
    image = (image - 0.5) / 0.5
    batch, _, height, width = image.shape
    rows, columns = height // patch, width // patch
    patches = image.reshape(batch, 3, rows, patch, columns, patch).permute(0, 2, 4, 1, 3, 5)
    kernel = weights["patch_embed.proj.weight"]
    x = patches.reshape(batch, rows * columns, -1) @ kernel.flatten(1).T + weights["patch_embed.proj.bias"]
    x = x + weights["pos_embed"][:, 1:]
    channels = x.shape[-1]
    for n in range(4):
        part = {name: weights[f"blocks.{n}.{name}"] for b in BLOCK for name in (f"{b}.weight", f"{b}.bias")}
        y = F.layer_norm(x, (channels,), part["norm1.weight"], part["norm1.bias"], 1e-6)
        qkv = y @ part["attn.qkv.weight"].T + part["attn.qkv.bias"]
        q, k, v = qkv.reshape(batch, -1, 3, heads, channels // heads).permute(2, 0, 3, 1, 4)
        y = (q @ k.mT / (channels // heads) ** 0.5).softmax(-1) @ v
        y = y.transpose(1, 2).reshape(batch, -1, channels)
        x = x + y @ part["attn.proj.weight"].T + part["attn.proj.bias"]
        y = F.layer_norm(x, (channels,), part["norm2.weight"], part["norm2.bias"], 1e-6)
        y = F.gelu(y @ part["mlp.fc1.weight"].T + part["mlp.fc1.bias"])
        x = x + y @ part["mlp.fc2.weight"].T + part["mlp.fc2.bias"]
    return x.mT.reshape(batch, channels, rows, columns)


def file_of(family: Vit, grid: int, path: Path) -> dict[str, Tensor]:
    """A file as timm would write it, for images of so many patches a side."""
    torch.manual_seed(0)
    weights = {name: 0.3 * torch.randn(tensor.shape) for name, tensor in names(family).items()}
    width = family.width
    weights["pos_embed"] = torch.randn(1, 1 + grid * grid, width)
    weights |= {"cls_token": torch.randn(1, 1, width), "norm.weight": torch.ones(width), "norm.bias": torch.ones(width)}
    torch.save({**weights, "head.weight": torch.rand(10, width), "head.bias": torch.rand(10)}, path)
    return weights


def loaded(family: Vit) -> torch.nn.Module:
    trunk, weights = encoder(family).eval(), fit_names(family)
    for block in trunk:
        block.load_state_dict({name: weights[name] for name in block.state_dict()})
    return trunk


def test_weights_from_a_file_give_the_outputs_of_a_plain_forward(tmp_path: Path) -> None:
    family = Vit(32, 4, 4, 8, grid=4, stages=2, pixels="half", weights=str(tmp_path / "vit.pth"))
    weights = file_of(family, 4, tmp_path / "vit.pth")
    image = torch.rand(2, 3, 32, 32)
    with torch.no_grad():
        torch.testing.assert_close(loaded(family)(image), plain(weights, image, 4, 8), rtol=1e-4, atol=1e-4)


def test_positions_are_resized_to_the_grid_and_to_the_image(tmp_path: Path) -> None:
    path = tmp_path / "vit.pth"
    family = Vit(32, 4, 4, 8, grid=4, stages=2, weights=str(path))
    weights = file_of(family, 6, path)
    assert fit_names(family)["pos_embed"].shape == (1, 16, 32)
    with torch.no_grad():
        assert loaded(family)(torch.rand(1, 3, 40, 72)).shape == (1, 32, 5, 9)
    # Positions that are the same everywhere are so at every size.
    weights["pos_embed"][:] = 2.0
    torch.save(weights, path)
    torch.testing.assert_close(fit_names(family)["pos_embed"], torch.full((1, 16, 32), 2.0))


def test_the_decoder_climbs_to_stride_four() -> None:
    family = Vit(32, 4, 4, 16, grid=2, stages=4, decoder_width=8)
    network = build(hard_sharing(TASKS, 4, 4), family, OUTPUTS, 0)
    with torch.no_grad():
        decoded = network.decode(torch.rand(2, 3, 32, 64))["depth"]
    assert [tuple(each.shape[2:]) for each in decoded] == [(2, 4), (4, 8), (8, 16), (8, 16)]


def test_gates_on_queries_keys_values_projection_and_both_maps() -> None:
    check_gates(TINY, (32, 48))


def test_separate_decoders_are_separate() -> None:
    apart = Stage(tuple((task,) for task in TASKS))
    pattern = SharingPattern((Stage((TASKS,)),) * 2, (NoExchange(),) * 2, (Stage((TASKS,)), apart))
    check_decoded(build(pattern, TINY, OUTPUTS, 0), torch.rand(2, 3, 32, 32))
    assert compute_cost(pattern, TINY, OUTPUTS, (32, 32)) == count_macs(build(pattern, TINY, OUTPUTS, 0), (32, 32))


def test_routed_stages_are_refused() -> None:
    routed = Stage((TASKS,), Routed(0.5))
    pattern = SharingPattern((Stage((TASKS,)), routed), (NoExchange(),) * 2, (Stage((TASKS,)),) * 2)
    with pytest.raises(
        PatternError,
        match="encoder stage 2 is routed, but those of Vit can only be shared or gated: take another space, or another",
    ):
        check_feasible(pattern, TINY, (32, 32))


def test_fields() -> None:
    with pytest.raises(ConfigError) as caught:
        Vit(heads=5, stages=5)
    assert caught.value.problems == (
        "network.heads=5: want a divisor of network.width=384",
        "network.stages=5: want a divisor of network.depth=12",
    )
