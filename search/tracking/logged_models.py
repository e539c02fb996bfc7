"""Exported networks as models of their trials in MLflow: files, signature, an example of what goes in.

An ONNX file has MLflow's own flavor, so that `mlflow.onnx.load_model("models:/<id>")` and serving open it; files of
other formats lie there beside a flavor that names them.
"""

from __future__ import annotations

import json
import platform
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from spaces.common.atomic_files import read_json

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.models import ModelSignature

TOLD, DIGEST = "export.json", "export.sha256"  # what lies beside an exported file; tag of its content
INPUT, SERVED = "input_example.json", "serving_input_example.json"  # as MLflow calls them
SHA256 = re.compile(r"[0-9a-f]{64}")
GREY = 128  # of the example's pixels: the folder of an export holds no image
EXAMPLE = 1 << 18  # pixels of an image that is still written as an example, 3 MB of text; our choice


def list_exports(run: Path) -> dict[int, list[Path]]:
    """Folders of the exports of a run that are whole, by trial."""
    found: dict[int, list[Path]] = {}
    for file in sorted((run / "exports").glob(f"*/{TOLD}")):
        told = read_told(file.parent)
        if told is not None:
            found.setdefault(int(told["trial"]), []).append(file.parent)
    return found


def read_told(folder: Path) -> dict[str, Any] | None:
    """What is known of an export; None for what is none, whose file is gone, or lies elsewhere through a link."""
    try:
        told = dict(read_json(folder / TOLD))
        parts = [told["file"], *told.get("beside", ())]
        numbers = (told["trial"], told["file"]["bytes"], *told["input"]["size"])
        words = (told["format"], told["key"], told["input"]["name"], *told["outputs"])
        known = all(type(each) is int for each in numbers) and all(isinstance(each, str) for each in words)
        known = known and len(told["input"]["size"]) == 2 and SHA256.fullmatch(told["file"]["sha256"]) is not None
        inside = folder.resolve()
        own = all((folder / each["name"]).resolve().parent == inside for each in parts)
        return told if known and own and all((folder / each["name"]).is_file() for each in parts) else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def log_export(client: MlflowClient, experiment: str, run: str, folder: Path) -> None:
    """Log an export as a model of a trial's run; one that is logged already is skipped, what is none too."""
    told = read_told(folder)
    if told is None:
        return
    from mlflow.entities import LoggedModelOutput  # mlflow: in the tracker's thread alone

    digest = told["file"]["sha256"]
    logged = client.search_logged_models([experiment], f"tags.`{DIGEST}` = '{digest}'")
    own = [each for each in logged if each.source_run_id == run]
    if any(each.status == "READY" for each in own):
        return
    for left in own:  # by a process that was killed before it was whole
        client.delete_logged_model(left.model_id)
    name = f"trial-{told['trial']}-{told['format']}"
    height, width = told["input"]["size"]
    facts = {name: told.get(name) for name in ("format", "opset", "macs", "params")}
    facts |= {"height": height, "width": width, "bytes": told["file"]["bytes"]}
    params = {name: str(value) for name, value in facts.items() if value is not None}
    tags = {DIGEST: digest, "search.key": str(told["key"]), "tasks": ", ".join(told["outputs"])}
    with TemporaryDirectory() as place:
        model = client.create_logged_model(experiment, name, run, tags, params)
        write_model(folder, told, Path(place) / "model", model.model_id)
        client.log_model_artifacts(model.model_id, str(Path(place) / "model"))
    client.finalize_logged_model(model.model_id, "READY")
    client.log_outputs(run, [LoggedModelOutput(model.model_id, step=0)])


def write_model(folder: Path, told: Mapping[str, Any], place: Path, identity: str | None = None) -> None:
    """Write an export as MLflow has models: its files, and MLmodel with flavor, signature and example.

    Args:
        folder: of the export.
        told: what is known of it.
        place: folder that is made.
        identity: of the logged model.
    """
    from mlflow.models import Model  # mlflow: in the tracker's thread alone

    place.mkdir(parents=True)
    files = [each["name"] for each in (told["file"], *told.get("beside", ()))]
    for name in (*files, TOLD):
        shutil.copyfile(folder / name, place / name)
    model = Model(signature=_make_signature(told), model_id=identity)
    model.saved_input_example_info = _write_example(told, place)
    versions = told.get("packages", {})
    if told["format"] == "onnx":
        model.add_flavor("onnx", onnx_version=versions.get("onnx"), data=files[0])
        python = platform.python_version()
        model.add_flavor("python_function", loader_module="mlflow.onnx", data=files[0], python_version=python)
    else:
        model.add_flavor(told["format"], data=files[0], versions=versions)
    model.save(str(place / "MLmodel"))


def _make_signature(told: Mapping[str, Any]) -> ModelSignature:
    """What goes in and comes out; exports of earlier versions do not tell the shapes of what comes out."""
    import numpy as np  # with mlflow, in the tracker's thread alone
    from mlflow.models import ModelSignature
    from mlflow.types import Schema, TensorSpec

    image = TensorSpec(np.dtype(np.uint8), (-1, *told["input"]["size"], 3), told["input"]["name"])
    shapes = told.get("shapes") or {}
    answers = [TensorSpec(np.dtype(np.float32), (-1, *shape), name) for name, shape in shapes.items()]
    return ModelSignature(Schema([image]), Schema(answers) if answers else None)


def _write_example(told: Mapping[str, Any], place: Path) -> dict[str, str] | None:
    """A grey image as MLflow has examples, JSON; none where that would be large."""
    height, width = told["input"]["size"]
    if height * width > EXAMPLE:
        return None
    example = {told["input"]["name"]: [[[[GREY] * 3] * width] * height]}
    (place / INPUT).write_text(json.dumps(example))
    (place / SERVED).write_text(json.dumps({"inputs": example}))
    return {"artifact_path": INPUT, "serving_input_path": SERVED, "type": "ndarray"}
