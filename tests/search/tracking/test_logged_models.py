"""Exports as models of their trials in a real store: once each, with signature and example, and opened from there."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from search.load import load
from search.run import main as search
from search.track import main as track
from search.tracking.logged_models import list_exports
from tests.tiny import arguments, write_tiny


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A search without a store, and a trial of it as torch's own program."""
    home = tmp_path_factory.mktemp("home")
    given = arguments(write_tiny(home / "data"), f"run.folder={home / 'runs'}", "run.name=r", "trials=2")
    assert search(given) == 0
    run = load(home / "runs" / "r")
    run.export(int(run.front.index[0]), "pt2")
    return run.path


def _track(run: Path, store: Path) -> tuple[Any, list[Any]]:
    from mlflow import MlflowClient

    uri = f"sqlite:///{store / 'store.db'}"
    assert track([str(run), "--uri", uri, "--experiment", "mine"]) == 0
    client = MlflowClient(tracking_uri=uri)
    return client, list(client.search_logged_models([client.get_experiment_by_name("mine").experiment_id]))


def test_an_export_is_a_model_of_its_trial_once(exported: Path, tmp_path: Path) -> None:
    _track(exported, tmp_path)
    client, (model,) = _track(exported, tmp_path)
    number = int(load(exported).front.index[0])
    child = client.get_run(model.source_run_id)
    assert child.data.tags["search.trial"] == str(number)
    assert [each.model_id for each in child.outputs.model_outputs] == [model.model_id]
    told = json.loads((exported / "exports" / f"{number}-pt2" / "export.json").read_text())
    assert model.name == f"trial-{number}-pt2" and model.status == "READY"
    assert model.tags["export.sha256"] == told["file"]["sha256"]
    assert (model.params["format"], model.params["macs"]) == ("pt2", str(told["macs"]))
    names = {each.path for each in client.list_logged_model_artifacts(model.model_id)}
    assert names == {"MLmodel", "export.json", "input_example.json", "model.pt2", "serving_input_example.json"}


def test_signature_and_example_are_those_of_the_network(exported: Path, tmp_path: Path) -> None:
    from mlflow.models import Model

    _, (model,) = _track(exported, tmp_path)
    place = Path(model.artifact_location.removeprefix("file://"))
    written = Model.load(str(place))
    image = written.signature.inputs.inputs[0]
    assert (image.name, image.shape, image.type) == ("image", (-1, 16, 16, 3), np.dtype("uint8"))
    shapes = {each.name: each.shape for each in written.signature.outputs.inputs}
    assert shapes == {"colour": (-1, 16, 16, 4), "depth": (-1, 16, 16), "brightness": (-1, 16, 16)}
    assert written.load_input_example(str(place))["image"].shape == (1, 16, 16, 3)


@pytest.mark.filterwarnings("ignore:.*Any type hint is inferred")  # mlflow's own, of what it imports
def test_an_onnx_file_is_opened_from_the_store(exported: Path, tmp_path: Path) -> None:
    for package in ("onnx", "onnxscript", "onnxruntime"):
        pytest.importorskip(package)
    import mlflow

    run = load(exported)
    number = int(run.front.index[0])
    run.export(number, "onnx")
    try:
        _, models = _track(exported, tmp_path)
    finally:
        shutil.rmtree(exported / "exports" / f"{number}-onnx")
    (model,) = (each for each in models if each.params["format"] == "onnx")
    opened = mlflow.pyfunc.load_model(str(Path(model.artifact_location.removeprefix("file://"))))
    images = run.data.load("test").images[:3]
    np.testing.assert_allclose(
        opened.predict({"image": images})["depth"], run.predict(number, images)["depth"], atol=1e-3
    )


@pytest.mark.parametrize(
    "text", ["{", "[]", "{}", '{"file": 3, "trial": 1}', '{"file": {"name": "../../x"}, "trial": 0, "format": "onnx"}']
)
def test_what_is_no_export_is_no_model(text: str, exported: Path, tmp_path: Path) -> None:
    (tmp_path / "exports" / "1-onnx").mkdir(parents=True)
    (tmp_path / "exports" / "1-onnx" / "export.json").write_text(text)
    assert list_exports(tmp_path) == {}
    assert list(list_exports(exported)) == [int(load(exported).front.index[0])]


def test_files_that_lie_elsewhere_through_a_link_are_no_export(exported: Path, tmp_path: Path) -> None:
    (number,) = {int(load(exported).front.index[0])}
    folder = tmp_path / "exports" / f"{number}-pt2"
    shutil.copytree(exported / "exports" / folder.name, folder)
    assert list_exports(tmp_path) == {number: [folder]}
    (tmp_path / "secret").write_text("of somebody else")
    (folder / "model.pt2").unlink()
    (folder / "model.pt2").symlink_to(tmp_path / "secret")
    assert list_exports(tmp_path) == {}


def test_a_model_that_was_not_whole_is_made_anew(exported: Path, tmp_path: Path) -> None:
    client, (model,) = _track(exported, tmp_path)
    left = client.create_logged_model(model.experiment_id, "left", model.source_run_id, model.tags)
    client.delete_logged_model(model.model_id)
    _, (again,) = _track(exported, tmp_path)
    assert again.status == "READY" and again.model_id not in (model.model_id, left.model_id)


def test_an_export_of_an_earlier_version_has_no_shapes_and_is_a_model_too(exported: Path, tmp_path: Path) -> None:
    from mlflow.models import Model

    from search.tracking.logged_models import read_told, write_model

    folder = list_exports(exported)[int(load(exported).front.index[0])][-1]
    told = read_told(folder)
    assert told is not None
    write_model(folder, {name: value for name, value in told.items() if name != "shapes"}, tmp_path / "model")
    assert Model.load(str(tmp_path / "model")).signature.outputs is None
