from __future__ import annotations

import os
from pathlib import Path

import pytest
import torch

from spaces.errors import ConfigError
from spaces.networks.resnets import ResNet
from spaces.networks.small import Small
from spaces.networks.weights.content import digest_weights, is_whole, list_weight_files


def family(path: Path) -> ResNet:
    return ResNet(weights=str(path))


def test_what_starts_at_random_has_no_digest() -> None:
    assert digest_weights(ResNet()) is None
    assert digest_weights(Small()) is None


def test_the_digest_is_of_the_bytes_wherever_they_lie(tmp_path: Path) -> None:
    for name, content in (("one", b"weights"), ("copy", b"weights"), ("other", b"weighty")):
        (tmp_path / name).write_bytes(content)
    one, copy, other = (digest_weights(family(tmp_path / name)) for name in ("one", "copy", "other"))
    assert one is not None and len(one) == 16
    assert one == copy != other


def test_a_file_that_changed_has_another_digest(tmp_path: Path) -> None:
    path = tmp_path / "weights.pth"
    path.write_bytes(b"weights")
    before = digest_weights(family(path))
    os.utime(path, (1, 1))
    assert digest_weights(family(path)) == before
    path.write_bytes(b"other")
    assert digest_weights(family(path)) != before


def test_a_folder_counts_by_its_weights_and_configuration(tmp_path: Path) -> None:
    def digest() -> str | None:
        return digest_weights(family(tmp_path))

    (tmp_path / "b.safetensors").write_bytes(b"b")
    (tmp_path / "a.safetensors").write_bytes(b"a")
    before = digest()
    (tmp_path / "README.md").write_text("read me")
    assert digest() == before
    assert [file.name for file in list_weight_files(str(tmp_path))] == ["a.safetensors", "b.safetensors"]
    (tmp_path / "config.json").write_text("{}")
    assert digest() != before


def test_what_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"^network\.weights=.*two\.pth: no such file; give the path"):
        digest_weights(family(tmp_path / "two.pth"))
    with pytest.raises(ConfigError, match=r"no \*\.safetensors in this folder"):
        list_weight_files(str(tmp_path))


def test_a_home_folder_may_be_short(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "weights.pth").write_bytes(b"weights")
    assert list_weight_files("~/weights.pth") == [tmp_path / "weights.pth"]


@pytest.mark.parametrize("cut", [0, 100, -100])
def test_a_file_of_weights_that_was_cut_is_not_whole(cut: int, tmp_path: Path) -> None:
    file = tmp_path / "weights.pt"
    torch.save({"layer": torch.arange(100.0)}, file)
    assert is_whole(file)
    file.write_bytes(file.read_bytes()[:cut])
    assert not is_whole(file)
    assert not is_whole(tmp_path / "none.pt")


def test_a_file_of_weights_with_another_number_is_not_whole_though_torch_reads_it(tmp_path: Path) -> None:
    file = tmp_path / "weights.pt"
    torch.save({"layer": torch.arange(100.0)}, file)
    held = bytearray(file.read_bytes())
    held[held.find(torch.arange(100.0).numpy().tobytes()) + 9] ^= 1
    file.write_bytes(held)
    assert not torch.equal(torch.load(file)["layer"], torch.arange(100.0))
    assert not is_whole(file)
