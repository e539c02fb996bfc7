from __future__ import annotations

from pathlib import Path

import pytest
import torch

from search.config.composition import compose
from spaces.errors import ConfigError, PatternError
from spaces.networks.build import build
from spaces.networks.cost import compute_cost, count_macs
from spaces.networks.feasible import check_feasible
from spaces.networks.transformers import Transformers
from spaces.networks.weights.published import fit_names, load_published
from spaces.pattern.sharing_pattern import hard_sharing, separate_decoders
from tests.spaces.networks.encoders import all_gated
from tests.spaces.networks.flow import check_decoded
from tests.spaces.networks.mixes import OUTPUTS, TASKS

transformers = pytest.importorskip("transformers", reason="transformers is not installed")

CONVNEXT = Transformers("convnext", {"hidden_sizes": [4, 8, 8, 12], "depths": [1, 1, 1, 1]}, 4, 4)  # type: ignore[arg-type]
SWIN = Transformers("swin", (("embed_dim", 4), ("depths", [1, 1]), ("num_heads", [1, 2]), ("window_size", 4)), 3, 4)
DINOV2 = Transformers(
    "dinov2",
    (("hidden_size", 16), ("num_hidden_layers", 2), ("num_attention_heads", 2), ("image_size", 56)),
    2,
    4,
)


@pytest.mark.parametrize(
    ("family", "width", "stride", "size"),
    [(CONVNEXT, 12, 32, (64, 32)), (SWIN, 8, 8, (32, 64)), (DINOV2, 16, 14, (28, 56))],
    ids=lambda each: getattr(each, "model", None),
)
def test_backbones_are_one_encoder_stage(family: Transformers, width: int, stride: int, size: tuple[int, int]) -> None:
    assert (family.encoder_stages, family.widths, family.stride) == (1, (width,), stride)
    pattern = separate_decoders(TASKS, 1, family.stages)
    network, image = build(pattern, family, OUTPUTS, 0), torch.rand(2, 3, *size)
    outputs = network(image)
    assert {task: tuple(output.shape) for task, output in outputs.items()} == {
        task: (2, each.channels, *size) for task, each in OUTPUTS.items()
    }
    check_decoded(network, image)
    sum(output.square().mean() for output in outputs.values()).backward()
    idle = [name for name, p in network.named_parameters() if p.grad is None]
    # What only other ends of these models read.
    assert all(name.endswith((".mask_token", ".swin.layernorm.weight", ".swin.layernorm.bias")) for name in idle)
    assert compute_cost(pattern, family, OUTPUTS, size) == count_macs(network, size)


def test_weights_of_a_published_classifier_start_the_backbone(tmp_path: Path) -> None:
    torch.manual_seed(1)
    config = transformers.ConvNextConfig(hidden_sizes=[4, 8, 8, 12], depths=[1, 1, 1, 1])
    whole = transformers.ConvNextForImageClassification(config).eval()
    whole.save_pretrained(tmp_path)
    family = Transformers(CONVNEXT.model, CONVNEXT.options, 4, 4, pixels="unit", weights=str(tmp_path))
    network = build(hard_sharing(TASKS, 1, 4), family, OUTPUTS, 0).eval()
    load_published(network, family)
    image = torch.rand(2, 3, 64, 64)
    with torch.no_grad():
        hidden = whole.convnext(image, output_hidden_states=True).hidden_states[-1]
        wanted = torch.nn.functional.layer_norm(hidden.permute(0, 2, 3, 1), (12,), eps=1e-6).permute(0, 3, 1, 2)
        made = network.blocks["encoder1/depth+normals+segmentation"](image)
    torch.testing.assert_close(made, wanted, rtol=1e-4, atol=1e-5)
    deeper = Transformers(
        "convnext", (("hidden_sizes", [4, 8, 8, 12]), ("depths", [1, 1, 2, 1])), weights=str(tmp_path)
    )
    with pytest.raises(
        ConfigError, match=r"does not fit Transformers: body\.encoder\.stages\.2\.layers\.1\..* missing"
    ):
        fit_names(deeper)


def test_gated_stages_are_refused() -> None:
    with pytest.raises(
        PatternError, match="stage 1 is gated, but those of Transformers can only be shared: take anoth"
    ):
        check_feasible(all_gated(CONVNEXT), CONVNEXT, (64, 64))


def test_names_and_options_that_are_not_there() -> None:
    with pytest.raises(ConfigError, match=r"network\.model=vgg: want a backbone of transformers: .*convnext.*swin"):
        _ = Transformers("vgg").stride
    with pytest.raises(ConfigError, match=r"network\.options of convnext: dephts unknown"):
        _ = Transformers("convnext", (("dephts", [1]),)).stride
    with pytest.raises(ConfigError, match=r"network\.options holds \{1\}: want numbers, texts, and lists of them"):
        Transformers(options=(("depths", {1}),))


def test_options_of_the_command_line_are_those_of_python() -> None:
    given = compose(["network=transformers", "network.options=[[depths,[1,1,1,1]],[hidden_sizes,[4,8,8,12]]]"]).network
    assert given.options == CONVNEXT.options
    assert hash(given) == hash(Transformers(options=CONVNEXT.options))


@pytest.mark.parametrize("model", ["convnext", "swin", "dinov2", "resnet"])
def test_a_model_is_built_with_its_own_defaults(model: str) -> None:
    with torch.device("meta"):
        assert next(Transformers(model).encoder_block(0).parameters()).is_meta
