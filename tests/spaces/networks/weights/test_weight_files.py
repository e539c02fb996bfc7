from __future__ import annotations

from pathlib import Path

import pytest
import torch

from spaces.errors import ConfigError
from spaces.networks.weights.weight_files import list_prefixes, read_weights

ONE = torch.zeros(1)


def test_every_dictionary_of_tensors_is_a_place_and_the_usual_ones_come_first(tmp_path: Path) -> None:
    held = {
        "student": {"a": ONE},
        "epoch": 3,
        "optimizer": {"state": {0: {"b": ONE}}},
        "model": {"state_dict": {"c": ONE}},
    }
    torch.save(held, tmp_path / "w.pth")
    assert read_weights(str(tmp_path / "w.pth")) == [("model.state_dict", {"c": ONE}), ("student", {"a": ONE})]
    torch.save({"epoch": 3}, tmp_path / "w.pth")
    with pytest.raises(ConfigError, match="holds no tensors by name; want a state dictionary, by itself or"):
        read_weights(str(tmp_path / "w.pth"))


def test_the_prefix_of_most_names_that_are_wanted_is_the_likeliest() -> None:
    held = dict.fromkeys(["net.body.a.x", "net.body.b.x", "net.head.a.x"], ONE)
    assert list_prefixes(held, dict.fromkeys(["a.x", "b.x"], ONE))[:3] == ["", "net.body.", "net.head."]
    assert list_prefixes(dict.fromkeys(["m.n.a", "m.n.b"], ONE), {"other": ONE}) == ["", "m.n.", "m."]
