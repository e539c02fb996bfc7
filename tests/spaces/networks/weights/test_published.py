from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from spaces.errors import ConfigError
from spaces.networks.build import build
from spaces.networks.resnets import ResNet
from spaces.networks.small import Small
from spaces.networks.weights.content import digest_weights
from spaces.networks.weights.published import fit_names, load_published
from spaces.pattern.mixing import Gated
from spaces.pattern.sharing_pattern import NoExchange, SharingPattern
from spaces.pattern.stage import Stage
from tests.spaces.networks.encoders import names
from tests.spaces.networks.mixes import OUTPUTS, TASKS

WIDTH = 4


def weights() -> dict[str, Tensor]:
    torch.manual_seed(3)
    shapes = names(ResNet(width=WIDTH))
    return {n: torch.rand(t.shape) if t.ndim else torch.tensor(5) for n, t in shapes.items()}


def family(path: Path) -> ResNet:
    return ResNet(width=WIDTH, decoder_width=WIDTH, weights=str(path))


def saved(path: Path, held: Any) -> ResNet:
    torch.save(held, path)
    return family(path)


def refusal(refused: ResNet) -> str:
    with pytest.raises(ConfigError) as caught:
        fit_names(refused)
    (message,) = caught.value.problems
    assert message.startswith(f"network.weights={refused.weights}")
    return message


def test_every_block_and_every_branch_starts_from_the_file(tmp_path: Path) -> None:
    """One stage parted, gates at the last: of two tasks, for the third stands alone."""
    held = weights()
    started = saved(tmp_path / "weights.pth", held)
    gates = Gated(tuple((task, 0.5) for task in TASKS))
    parted = (TASKS[:2], TASKS[2:])
    pattern = SharingPattern(
        (Stage((TASKS,)), Stage((TASKS,)), Stage(parted), Stage(parted, gates)),
        (NoExchange(),) * 4,
        (Stage((TASKS,)),) * 4,
    )
    network, before = build(pattern, started, OUTPUTS, 0), build(pattern, started, OUTPUTS, 0).state_dict()
    load_published(network, started)
    now = network.state_dict()
    for stage, group in enumerate(("depth+normals+segmentation",) * 2 + ("depth+normals",), start=1):
        name = f"layer{stage}.0.conv1.weight"
        assert torch.equal(now[f"blocks.encoder{stage}/{group}.{name}"], held[name])
    for branch in range(3):
        kernel = now[f"blocks.encoder4/depth+normals/gated.branches.{branch}.1.main.0.weight"]
        assert torch.equal(kernel, held["layer4.0.conv2.weight"])
        way = now[f"blocks.encoder4/depth+normals/gated.branches.{branch}.1.skip.1.running_mean"]
        assert torch.equal(way, held["layer4.0.downsample.1.running_mean"])
    same = [name for name in now if torch.equal(now[name], before[name])]
    assert same and not any(
        name.startswith("blocks.encoder") for name in same if "alpha" not in name and "betas" not in name
    )


def test_families_without_weights_start_as_ever(tmp_path: Path) -> None:
    for each in (Small((4, 4), 4), ResNet(width=WIDTH)):
        stages = each.encoder_stages
        pattern = SharingPattern((Stage((TASKS,)),) * stages, (NoExchange(),) * stages, (Stage((TASKS,)),) * stages)
        network, other = build(pattern, each, OUTPUTS, 0), build(pattern, each, OUTPUTS, 0)
        load_published(network, each)
        assert all(torch.equal(a, b) for a, b in zip(network.parameters(), other.parameters(), strict=True))
        assert digest_weights(each) is None


@pytest.mark.parametrize("wrapping", ["", "model", "state_dict"])
def test_weights_may_be_wrapped_and_lack_counters(wrapping: str, tmp_path: Path) -> None:
    held = {name: tensor for name, tensor in weights().items() if "num_batches" not in name}
    found = fit_names(saved(tmp_path / "w.pth", {wrapping: held, "epoch": 9} if wrapping else held))
    assert found.keys() == names(ResNet(width=WIDTH)).keys()
    assert torch.equal(found["conv1.weight"], held["conv1.weight"])


def test_safetensors_hold_the_same(tmp_path: Path) -> None:
    safetensors = pytest.importorskip("safetensors.torch", reason="safetensors is not installed")
    safetensors.save_file(weights(), tmp_path / "w.safetensors")
    found = fit_names(family(tmp_path / "w.safetensors"))
    assert all(torch.equal(found[name], tensor) for name, tensor in weights().items())
    (tmp_path / "w.safetensors").write_bytes(b"\xff" * 40)
    assert "cannot be read (SafetensorError): it is damaged" in refusal(family(tmp_path / "w.safetensors"))


def test_weights_of_another_network_name_the_first_five_differences(tmp_path: Path) -> None:
    message = refusal(ResNet(34, width=WIDTH, weights=saved(tmp_path / "w.pth", weights()).weights))
    assert message.count(" is missing") == 5
    assert "does not fit ResNet: layer1.2.conv1.weight is missing, " in message
    assert " and " in message and " more. Want the weights of the same architecture" in message
    held = weights()
    held["layer9.weight"] = held.pop("layer4.1.bn2.bias")
    held["conv1.weight"] = torch.rand(4, 1, 7, 7)
    assert (
        "does not fit ResNet: layer4.1.bn2.bias is missing, layer9.weight is unknown, conv1.weight has shape "
        "(4, 1, 7, 7), not (4, 3, 7, 7). Want" in refusal(saved(tmp_path / "w.pth", held))
    )


class Spy:
    """Would run code when it is unpickled."""

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return Path.touch, (Path("unpickled"),)


def test_pickled_objects_are_refused_with_their_name(tmp_path: Path) -> None:
    message = refusal(saved(tmp_path / "w.pth", {**weights(), "model": Spy()}))
    assert "holds Python objects besides tensors (" in message and "torch.save(model.state_dict(), FILE)" in message
    (tmp_path / "w.pth").write_bytes(pickle.dumps(Spy()))
    refusal(family(tmp_path / "w.pth"))
    assert not Path("unpickled").exists()


def test_missing_and_damaged_files_and_files_of_something_else(tmp_path: Path) -> None:
    path = tmp_path / "w.pth"
    assert "no such file; give the path of weights that lie on this machine" in refusal(family(path))
    assert "no *.safetensors in this folder" in refusal(family(tmp_path))
    whole = saved(path, weights())
    for damage in (b"", b"torch", path.read_bytes()[:1000]):
        path.write_bytes(damage)
        assert "cannot be read (" in refusal(whole)
    for other in ([torch.zeros(1)], {"epoch": 3}):
        assert "holds no tensors by name" in refusal(saved(path, other))


def prefixed(held: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {prefix + name: tensor for name, tensor in held.items()}


@pytest.mark.parametrize(
    ("wrap", "told"),
    [
        (lambda held: prefixed(held, "module."), " (without the prefix 'module.' of its names)"),
        (lambda held: prefixed(held, "module._orig_mod."), " (without the prefix 'module._orig_mod.' of its names)"),
        (
            lambda held: {"epoch": 3, "teacher": {**prefixed(held, "backbone."), "head.weight": torch.zeros(2)}},
            " (its part teacher, without the prefix 'backbone.' of its names, 1 tensors of other names left out)",
        ),
        (
            lambda held: {
                "model_state_dict": prefixed(held, "encoder."),
                "optimizer": {"state": {0: {"exp_avg": torch.zeros(1)}}},
            },
            " (its part model_state_dict, without the prefix 'encoder.' of its names)",
        ),
    ],
)
def test_what_trainings_wrap_weights_in_is_taken_off_and_told(
    wrap: Any, told: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    started, held = saved(tmp_path / "w.pth", wrap(weights())), weights()
    found = fit_names(started)
    assert found.keys() == held.keys() and all(torch.equal(found[name], held[name]) for name in held)
    assert caplog.messages == [f"network.weights={started.weights}{told}: fits"]
    fit_names(started)
    assert len(caplog.messages) == 1  # once a process


def test_other_weights_do_not_fit_under_a_prefix_either(tmp_path: Path) -> None:
    held = prefixed(weights(), "module.")
    del held["module.conv1.weight"]
    assert "(without the prefix 'module.' of its names) does not fit ResNet: conv1.weight is missing. Want" in refusal(
        saved(tmp_path / "w.pth", held)
    )


def test_of_two_networks_in_a_file_the_first_is_taken_and_the_other_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    held, other = weights(), {name: tensor + 1 for name, tensor in weights().items()}
    found = fit_names(saved(tmp_path / "two.pth", {"ema": other, "model": held}))
    assert torch.equal(found["conv1.weight"], held["conv1.weight"])
    assert caplog.messages == [
        f"network.weights={tmp_path / 'two.pth'}: its part 'model' is taken, and its part 'ema' would fit, too; to "
        "start from another, save it alone: torch.save(WEIGHTS, FILE)"
    ]
    fit_names(saved(tmp_path / "keys.pth", prefixed(held, "encoder_q.") | prefixed(other, "encoder_k.")))
    assert ": the whole under 'encoder_q.' is taken, and the whole under 'encoder_k.' would fit" in caplog.messages[1]
    fit_names(saved(tmp_path / "same.pth", {"model": held, "state_dict": held}))
    assert len(caplog.messages) == 2  # of one network, nothing


@pytest.mark.parametrize(
    ("damage", "expected"),
    [
        (
            lambda kernel: kernel.fill_(torch.nan),
            ": NaN or infinite numbers in conv1.weight; the training that saved it",
        ),
        (lambda kernel: kernel * torch.inf, ": NaN or infinite numbers in conv1.weight; the training that saved it"),
        (lambda kernel: kernel.to(torch.int8), ": torch.int8 in conv1.weight, where floating-point numbers are wanted"),
    ],
)
def test_numbers_that_nothing_starts_from_are_refused(damage: Any, expected: str, tmp_path: Path) -> None:
    held = weights()
    assert expected in refusal(saved(tmp_path / "w.pth", held | {"conv1.weight": damage(held["conv1.weight"])}))
    half = {name: tensor.half() if tensor.is_floating_point() else tensor for name, tensor in weights().items()}
    assert fit_names(saved(tmp_path / "h.pth", half))["conv1.weight"].dtype == torch.float16
