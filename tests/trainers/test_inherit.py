"""Weights that a training starts from, and files that hold none."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import torch

from spaces.draws import plan_draws
from spaces.errors import DataError
from spaces.fusion import Fusion
from spaces.networks.build import SharedNetwork, build
from spaces.networks.modules.output import Output
from spaces.networks.small import Small
from spaces.networks.supernet import build_supernet
from spaces.pattern.sharing_pattern import hard_sharing, separate_decoders
from trainers.inherit import inherit_weights

OUTPUTS = {"depth": Output(1, "depth"), "normals": Output(3, "normals")}
TASKS = tuple(OUTPUTS)
FAMILY = Small(encoder_widths=(4, 6), decoder_width=4)
PATTERN = separate_decoders(TASKS, 2, 2)


def make(seed: int = 0, family: Small = FAMILY) -> SharedNetwork:
    return build(PATTERN, family, OUTPUTS, seed)


def save(file: Path, network: torch.nn.Module) -> Path:
    torch.save(network.state_dict(), file)
    return file


def refuse(network: SharedNetwork, file: Path) -> str:
    """The refusal, and that the network is what it was."""
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    with pytest.raises(DataError) as caught:
        inherit_weights(network, file)
    assert all(torch.equal(tensor, before[name]) for name, tensor in network.state_dict().items())
    return str(caught.value)


def test_a_pattern_starts_from_the_blocks_that_a_supernet_has_of_it(tmp_path: Path) -> None:
    draws = plan_draws(Fusion(2, 2), TASKS, 1, lambda pattern: True)
    supernet = build_supernet(PATTERN, draws, FAMILY, OUTPUTS, 1)
    supernet.train()(torch.rand(2, 3, 16, 16))
    network = make(seed=0)
    inherit_weights(network, save(tmp_path / "supernet.pt", supernet))
    held = supernet.state_dict()
    assert all(torch.equal(tensor, held[name]) for name, tensor in network.state_dict().items())


def test_a_network_starts_from_its_own_earlier_training(tmp_path: Path) -> None:
    network = make(seed=0)
    inherit_weights(network, save(tmp_path / "trial.pt", make(seed=1)))
    assert all(torch.equal(tensor, make(seed=1).state_dict()[name]) for name, tensor in network.state_dict().items())


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    file = tmp_path / "none.pt"
    assert refuse(make(), file) == (f"{file}: no such file of weights to start from; the same command trains it again")


@pytest.mark.parametrize("cut", [0, 100, -100])
def test_a_damaged_file_is_told(cut: int, tmp_path: Path) -> None:
    file = save(tmp_path / "cut.pt", make())
    file.write_bytes(file.read_bytes()[:cut])
    assert re.fullmatch(
        re.escape(f"{file}: no weights (")
        + r"\w+"
        + re.escape("); it was damaged from outside: remove it, and the same command trains it again"),
        refuse(make(), file),
    )


@pytest.mark.parametrize("held", [torch.zeros(3), [1, 2], 7])
def test_a_file_of_something_else_is_told(held: object, tmp_path: Path) -> None:
    file = tmp_path / "other.pt"
    torch.save(held, file)
    assert "no weights (" in refuse(make(), file)


def test_weights_of_another_space_are_told(tmp_path: Path) -> None:
    file = save(
        tmp_path / "other.pt",
        build(separate_decoders(("depth", "heat"), 2, 2), FAMILY, {**OUTPUTS, "heat": Output(1, "regression")}, 0),
    )
    assert re.fullmatch(
        re.escape(f"{file}: these weights have no blocks.encoder1/depth+normals.")
        + r"\S+"
        + re.escape(", so they are of another space; remove it, and the same command trains it again"),
        refuse(make(), file),
    )


def test_weights_of_another_size_are_told(tmp_path: Path) -> None:
    file = save(tmp_path / "wide.pt", make(family=Small(encoder_widths=(4, 8), decoder_width=4)))
    assert re.fullmatch(
        re.escape(f"{file}: these weights have another blocks.encoder2/depth+normals.")
        + r"\S+"
        + re.escape(", so they are of another network; remove it, and the same command trains it again"),
        refuse(make(), file),
    )


def test_what_later_networks_have_of_the_blocks_is_taken_from_the_last_of_them(tmp_path: Path) -> None:
    """The encoder from a network of one decoder, the decoders from their own, whose names that one has not."""
    shared = build(hard_sharing(TASKS, 2, 2), FAMILY, OUTPUTS, 2)
    files = save(tmp_path / "own.pt", make(seed=1)), save(tmp_path / "shared.pt", shared)
    network = make(seed=0)
    inherit_weights(network, *files)
    first, later = make(seed=1).state_dict(), shared.state_dict()
    for part, taken in (("blocks.encoder", True), ("blocks.decoder", False), ("heads", True)):
        assert {name in later for name in first if name.startswith(part)} == {taken}
    expected = {name: later.get(name, tensor) for name, tensor in first.items()}
    assert all(torch.equal(tensor, expected[name]) for name, tensor in network.state_dict().items())
    assert "no such file" in refuse(network, files[0].with_name("none.pt"))


def test_a_later_file_that_is_damaged_or_of_another_network_leaves_everything_as_it_was(tmp_path: Path) -> None:
    network, whole = make(), save(tmp_path / "whole.pt", make(seed=1))
    (tmp_path / "torn.pt").write_bytes(whole.read_bytes()[:100])
    other = save(tmp_path / "wide.pt", make(family=Small(encoder_widths=(8, 12), decoder_width=4)))
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    for file, reason in ((tmp_path / "torn.pt", "damaged from outside: .* says how"), (other, "of another network")):
        with pytest.raises(DataError, match=reason):
            inherit_weights(network, whole, file)
    assert all(torch.equal(tensor, before[name]) for name, tensor in network.state_dict().items())
