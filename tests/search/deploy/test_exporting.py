"""A trial's network written, seen to answer alike, timed and told; on a real search."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from search.deploy.exporting import export_trial
from search.deploy.openvino_format import OpenVino
from search.deploy.pt2_format import Pt2
from search.load import load
from search.results.results import Results
from search.run import main as search
from spaces.errors import DataError
from tests.tiny import arguments, write_tiny


@pytest.fixture(scope="module")
def searched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    given = arguments(write_tiny(home / "data"), f"run.folder={home / 'runs'}", "run.name=r", "trials=2", "space=gates")
    assert search([*given, "trainer.gates.start=0.1"]) == 0
    return home / "runs" / "r"


@pytest.fixture
def run(searched: Path) -> Results:
    return load(searched)


def test_the_file_lies_beside_what_is_known_of_it(run: Results, tmp_path: Path) -> None:
    number = int(run.front.index[0])
    exported = export_trial(run, number, Pt2(), None, tmp_path / "out")
    told: dict[str, Any] = json.loads((tmp_path / "out" / "export.json").read_text())
    assert told == exported.told
    assert exported.file == tmp_path / "out" / "model.pt2"
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["export.json", "model.pt2"]
    content = exported.file.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    assert told["file"] == {
        "name": "model.pt2",
        "bytes": len(content),
        "sha256": digest,
    }
    assert told["metrics"]["delta_mtl"] == pytest.approx(run.trials.loc[number, "delta_mtl"])
    assert max(told["parity"]["largest difference relative to the range"].values()) <= 1e-4
    assert told["parity"]["images"] == "of the validation split"
    assert set(told["latency of one image"]) == {"one thread", "all threads"}
    if not torch.cuda.is_available():
        assert told["latency of one image on CUDA"] == {"skipped": "torch sees no CUDA device"}
    images = run.data.load("test").images[:3]
    answers, scores = run.predict(number, images), Pt2().open(exported.file, 1)(images)
    np.testing.assert_allclose(scores["depth"], answers["depth"], atol=1e-4)
    np.testing.assert_array_equal(scores["colour"].argmax(-1), answers["colour"])


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="torch sees no CUDA device")
def test_latency_on_cuda_is_told_where_there_is_a_device(run: Results, tmp_path: Path) -> None:
    exported = export_trial(run, int(run.front.index[0]), Pt2(), None, tmp_path)
    told = exported.told["latency of one image on CUDA"]
    assert told["device"] == torch.cuda.get_device_name()
    assert all(0 < told[name]["p50_ms"] <= told[name]["p95_ms"] for name in ("exported", "trained network"))
    images = run.data.load("test").images[:2]
    there, here = (Pt2().open(exported.file, 1, device)(images) for device in ("cuda", "cpu"))
    np.testing.assert_allclose(there["depth"], here["depth"], atol=1e-2)


def test_a_format_that_has_no_cuda_says_so_where_there_is_a_device(
    run: Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(Pt2, "explain_no_cuda", lambda self: OpenVino().explain_no_cuda())
    exported = export_trial(run, int(run.front.index[0]), Pt2(), None, tmp_path)
    assert exported.told["latency of one image on CUDA"] == {"skipped": "OpenVINO has no CUDA"}


def test_another_size_is_taken(run: Results, tmp_path: Path) -> None:
    exported = export_trial(run, int(run.front.index[0]), Pt2(), (21, 33), tmp_path)
    assert exported.told["input"]["size"] == [21, 33]
    assert exported.told["parity"]["images"] == "of the validation split, resized"
    assert Pt2().open(exported.file, 1)(np.zeros((2, 21, 33, 3), np.uint8))["depth"].shape == (2, 21, 33)


def test_what_does_not_answer_alike_is_not_written(
    run: Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("search.deploy.parity.LARGEST", -1.0)
    with pytest.raises(DataError, match="the exported file answers otherwise than the trained network"):
        export_trial(run, int(run.front.index[0]), Pt2(), None, tmp_path)
    assert not list(tmp_path.iterdir())
