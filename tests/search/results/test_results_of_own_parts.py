"""The notebook door for a search with components of its user's own."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from search.load import load
from search.run import main
from spaces.errors import ConfigError
from tests.tiny import arguments, write_tiny

MINE = """
from dataclasses import dataclass
from spaces.networks.small import Small
from trainers.tasks import Regression

@dataclass(frozen=True)
class Twice(Regression):
    kind = "twice"
    factor: float = 2.0
    def answer(self, prediction):
        return self.factor * super().answer(prediction)

@dataclass(frozen=True)
class Narrow(Small):
    pass
"""


def test_components_of_ones_own_are_found_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "my_parts.py").write_text(MINE)
    (tmp_path / "conf" / "network").mkdir(parents=True)
    (tmp_path / "conf" / "network" / "narrow.yaml").write_text("_target_: my_parts.Narrow\n")
    data = write_tiny(tmp_path / "data")
    spec = (data / "spec.yaml").read_text()
    (data / "spec.yaml").write_text(spec.replace("kind: regression", "kind: my_parts.Twice, factor: 3"))
    with monkeypatch.context() as patch:
        patch.syspath_prepend(tmp_path / "code")
        given = ["--config-dir", str(tmp_path / "conf"), "network=narrow", "trials=2", "run.name=own"]
        assert main([*arguments(data), *given]) == 0
    sys.modules.pop("my_parts")

    shutil.rmtree(data)
    run = load("runs/own")
    assert len(run.trials) == 2  # which needs none of them
    with pytest.raises(ConfigError, match=r"network\._target_=my_parts\.Narrow: module my_parts cannot be imported"):
        run.network(0)
    monkeypatch.syspath_prepend(tmp_path / "code")
    number, images = load("runs/own").front.index[0], np.full((1, 16, 16, 3), 99, np.uint8)
    network = load("runs/own").network(number, "cpu")
    with torch.no_grad():
        output = network(torch.full((1, 3, 16, 16), 99 / 255))["brightness"]
    found = load("runs/own").predict(network, images)["brightness"]
    np.testing.assert_allclose(found, 3 * output[:, 0].numpy(), rtol=1e-4)
    sys.modules.pop("my_parts")
