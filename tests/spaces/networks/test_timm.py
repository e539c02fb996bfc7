from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor

from search.config.composition import compose
from spaces.errors import ConfigError, PatternError
from spaces.networks.build import build
from spaces.networks.cost import compute_cost, count_macs
from spaces.networks.feasible import check_feasible
from spaces.networks.timm import Timm
from spaces.networks.weights.published import fit_names, load_published
from spaces.pattern.sharing_pattern import hard_sharing, separate_decoders
from tests.spaces.networks.encoders import all_gated
from tests.spaces.networks.flow import check_decoded
from tests.spaces.networks.mixes import OUTPUTS, TASKS

try:
    import timm
except Exception as error:  # timm without torchvision, or torchvision for another torch, fails in its own way
    pytest.skip(f"timm and torchvision cannot be imported: {error}", allow_module_level=True)

RESNET = Timm("resnet18", (("layers", (1, 1, 1, 1)),), 4, 4)
CONVNEXT = Timm("convnext_atto", {"dims": [4, 8, 8, 12], "depths": [1, 1, 1, 1]}, 4, 4)  # type: ignore[arg-type]
SWIN = Timm(
    "swin_tiny_patch4_window7_224", (("embed_dim", 8), ("depths", (1, 1, 1, 1)), ("num_heads", (1, 2, 2, 2))), 4, 4
)
VIT = Timm("vit_small_patch16_224", (("embed_dim", 16), ("depth", 2), ("num_heads", 2)), 2, 4)
SIZES = [(RESNET, 512, 32), (CONVNEXT, 12, 32), (SWIN, 64, 32), (VIT, 16, 16)]
FAMILIES = pytest.mark.parametrize(
    ("family", "width", "stride"), SIZES, ids=[family.model.partition("_")[0] for family, _, _ in SIZES]
)
ENCODER = "encoder1/" + "+".join(sorted(TASKS))


@FAMILIES
def test_models_are_one_encoder_stage(family: Timm, width: int, stride: int) -> None:
    assert (family.encoder_stages, family.widths, family.stride) == (1, (width,), stride)
    pattern, size = separate_decoders(TASKS, 1, family.stages), (2 * stride, 3 * stride)
    network, image = build(pattern, family, OUTPUTS, 0), torch.rand(2, 3, *size)
    outputs = network(image)
    assert {task: tuple(output.shape) for task, output in outputs.items()} == {
        task: (2, each.channels, *size) for task, each in OUTPUTS.items()
    }
    check_decoded(network, image)
    sum(output.square().mean() for output in outputs.values()).backward()
    assert [name for name, p in network.named_parameters() if p.grad is None] == []
    assert compute_cost(pattern, family, OUTPUTS, size) == count_macs(network, size)


def classified(family: Timm) -> torch.nn.Module:
    """The model with its classifier, as timm makes it; no weight and no statistic is as it was in the beginning."""
    torch.manual_seed(1)
    whole = timm.create_model(family.model, **dict(family.options))
    for tensor in whole.state_dict().values():
        if tensor.is_floating_point():
            tensor += 0.05 * torch.rand(tensor.shape)
    return whole.eval()


def feature_map(whole: torch.nn.Module, image: Tensor, family: Timm) -> Tensor:
    """What timm's model hands its classifier, as a map: (B, C, H, W)."""
    made = whole.forward_features(image)
    if family is VIT:
        side = image.shape[-1] // family.stride
        return made[:, 1:].mT.unflatten(2, (side, side))
    return made.permute(0, 3, 1, 2) if family is SWIN else made


@FAMILIES
@pytest.mark.parametrize("ending", ["pth", "safetensors"])
def test_weights_of_a_published_classifier_start_the_encoder(
    family: Timm, width: int, stride: int, ending: str, tmp_path: Path
) -> None:
    whole, file = classified(family), tmp_path / f"weights.{ending}"
    if ending == "pth":
        torch.save(whole.state_dict(), file)
    else:
        pytest.importorskip("safetensors.torch", reason="safetensors is not installed").save_file(
            whole.state_dict(), file
        )
    started = Timm(family.model, family.options, family.stages, 4, pixels="unit", weights=str(file))
    network = build(hard_sharing(TASKS, 1, family.stages), started, OUTPUTS, 0).eval()
    load_published(network, started)
    image = torch.rand(2, 3, 224, 224)
    with torch.no_grad():
        made, wanted = network.blocks[ENCODER](image), feature_map(whole, image, family)
    assert wanted.shape == (2, width, 224 // stride, 224 // stride)
    torch.testing.assert_close(made, wanted, rtol=1e-4, atol=1e-5)


def test_weights_of_another_model_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "weights.pth"
    torch.save(classified(RESNET).state_dict(), file)
    deeper = Timm("resnet18", (("layers", (1, 1, 2, 1)),), weights=str(file))
    with pytest.raises(ConfigError, match=r"does not fit Timm: body\.layer3\.1\.conv1\.weight is missing, .* more\."):
        fit_names(deeper)
    torch.save({**classified(RESNET).state_dict(), "neck.weight": torch.zeros(1)}, file)
    with pytest.raises(ConfigError, match=r"does not fit Timm: body\.neck\.weight is unknown\."):
        fit_names(Timm("resnet18", RESNET.options, weights=str(file)))


def test_gated_stages_are_refused() -> None:
    with pytest.raises(PatternError, match="stage 1 is gated, but those of Timm can only be shared: take anoth"):
        check_feasible(all_gated(CONVNEXT), CONVNEXT, (64, 64))


@pytest.mark.parametrize(
    ("family", "problem"),
    [
        (Timm("resnet19"), r"^network\.model=resnet19: want one of timm\.list_models\(\), such as .*resnet18"),
        (Timm("hf-hub:timm/resnet18"), r"^network\.model=hf-hub:timm/resnet18: want one of timm\.list_models\(\)"),
        (
            Timm(options=(("dephts", (1,)),)),
            r"^network\.options of resnet18: TypeError: .*unexpected .*'dephts'; see its constr",
        ),
        (
            Timm(options=(("checkpoint_path", "file"), ("pretrained", True))),
            r"^network\.options of resnet18: checkpoint_path, pretrained cannot be chosen here$",
        ),
        (
            Timm("mixer_s16_224"),
            r"^network\.model=mixer_s16_224 cannot be built: AssertionError: Input height \(448\) doesn.t match",
        ),
        (Timm("inception_v3"), r"^network\.model=inception_v3: its last feature map is no whole part of an image of"),
    ],
    ids=["unknown", "elsewhere", "option", "ours", "one size", "odd stride"],
)
def test_models_and_options_that_cannot_be(family: Timm, problem: str) -> None:
    with pytest.raises(ConfigError, match=problem):
        _ = family.stride


def test_options_of_the_command_line_are_those_of_python() -> None:
    given = compose(["network=timm", "network.options=[[layers,[1,1,1,1]]]"]).network
    assert given.options == RESNET.options
    assert hash(given) == hash(Timm(options=RESNET.options))
