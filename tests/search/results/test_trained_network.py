from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pytest
import torch

from search.results.trained_network import rebuild_network
from spaces.errors import ConfigError, DataError
from spaces.networks.build import SharedNetwork, build
from spaces.networks.small import Small
from spaces.pattern.sharing_pattern import hard_sharing, separate_decoders
from trainers.tasks import Depth, Normals

TASKS = (Depth("depth"), Normals("normals"))
NAMES = ("depth", "normals")
FAMILY, APART = Small((4, 4), 4), separate_decoders(NAMES, 2, 2)


def _network(seed: int = 5) -> SharedNetwork:
    return build(APART, FAMILY, {task.name: task.output for task in TASKS}, seed)


def _file(folder: Path, state: Any) -> Path:
    torch.save(state, folder / "weights.pt")
    return folder / "weights.pt"


def _refusal(weights: Path, pattern: Any = APART, family: Small = FAMILY) -> str:
    with pytest.raises(DataError) as caught:
        rebuild_network(pattern, family, TASKS, weights, "cpu")
    message = str(caught.value)
    assert message.startswith(str(weights))
    assert "from a copy" in message
    return message


def test_the_network_is_that_of_the_weights(tmp_path: Path) -> None:
    network, image = _network().eval(), torch.rand(2, 3, 8, 8)
    again = rebuild_network(APART, FAMILY, TASKS, _file(tmp_path, network.state_dict()), "cpu")
    assert not again.training
    for name, output in again(image).items():
        torch.testing.assert_close(output, network(image)[name])


def test_weights_of_another_pattern_name_the_first_five_differences(tmp_path: Path) -> None:
    weights = _file(tmp_path, _network().state_dict())
    message = _refusal(weights, hard_sharing(NAMES, 2, 2))
    assert message.count(" is missing") + message.count(" is unknown") == 5
    assert " and " in message and " more. Restore the file" in message
    assert "blocks.decoder" in message


def test_weights_of_another_width_or_with_a_tensor_too_many(tmp_path: Path) -> None:
    state = _network().state_dict()
    message = _refusal(_file(tmp_path, state), family=Small((4, 4), 6))
    assert "blocks.decoder1/depth.fuse.0.weight has shape (4, 4, 3, 3), not (6, 4, 3, 3), " in message
    assert message.count("has shape") == 5
    assert "does not fit the network of its trial: extra is unknown. Restore" in _refusal(
        _file(tmp_path, {**state, "extra": torch.zeros(1)})
    )


class Spy:
    """Would run code when it is unpickled."""

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return Path.touch, (Path("unpickled"),)


def test_damaged_files_and_files_of_something_else(tmp_path: Path) -> None:
    whole = _file(tmp_path, _network().state_dict()).read_bytes()
    weights = tmp_path / "weights.pt"
    for damage in (b"", b"torch", whole[: len(whole) // 2], whole[:-40], b"\x80\x02."):
        weights.write_bytes(damage)
        assert "cannot be read (" in _refusal(weights)
    weights.unlink()
    assert "cannot be read (FileNotFoundError); restore" in _refusal(weights)
    assert "holds no weights by name" in _refusal(_file(tmp_path, [torch.zeros(1)]))
    assert "holds no weights by name" in _refusal(_file(tmp_path, {"epoch": 3}))


def test_nothing_but_tensors_is_unpickled(tmp_path: Path) -> None:
    assert "cannot be read (UnpicklingError); restore" in _refusal(_file(tmp_path, {"spy": Spy()}))
    (tmp_path / "weights.pt").write_bytes(pickle.dumps(Spy()))
    assert "cannot be read (" in _refusal(tmp_path / "weights.pt")
    assert not Path("unpickled").exists()


@pytest.mark.parametrize("where", ["gpu", "cuda:99", "meta", ""])
def test_devices_that_are_not_there(where: str, tmp_path: Path) -> None:
    weights = _file(tmp_path, _network().state_dict())
    if not where:
        assert rebuild_network(APART, FAMILY, TASKS, weights, None)
        return
    with pytest.raises(ConfigError, match=rf"device='{where}' cannot be used here; want cpu"):
        rebuild_network(APART, FAMILY, TASKS, weights, where)
