"""What an exported file tells of itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from search.deploy.told import read_tasks, tell_program
from search.jobs.trial import Trial
from spaces.errors import DataError
from spaces.networks.small import Small
from tests.search.deploy.networks import TASKS, draw_pattern
from trainers.tasks import Task

CLASSES = {"classes": ["wall", "floor", "box"], "first_class": 1}
SPECS: list[tuple[Task, dict[str, Any]]] = [
    (TASKS[0], {"_target_": "task/segmentation", "name": "segmentation", **CLASSES}),
    (TASKS[1], {"_target_": "task/depth", "name": "depth", "max_m": 80.0}),
]


def tell() -> dict[str, Any]:
    pattern = draw_pattern("fusion", Small((8, 12), 4), TASKS)
    trial = Trial(3, "complete", pattern.key, {}, pattern, 1000, 50, metrics={"delta_mtl": float("nan")})
    return tell_program("r", "fusion", trial, SPECS, (30, 41), 4)


def test_it_is_strict_json_and_gives_the_tasks_back() -> None:
    told = json.loads(json.dumps(tell(), allow_nan=False))
    first, second = read_tasks(told, Path("model.onnx"))
    assert (first.name, first.kind, first.channels) == ("segmentation", "segmentation", 3)
    assert second.max_m == 80.0  # type: ignore[attr-defined]  # of its kind
    assert told["tasks"]["segmentation"]["classes"] == ["wall", "floor", "box"]
    assert told["tasks"]["depth"]["unit"] == "m"
    assert told["outputs"] == ["segmentation", "depth"]
    assert (told["input"]["size"], told["trial"], told["macs"], told["key"]) == ([30, 41], 3, 1000, tell()["key"])
    assert {"torch", "onnxruntime"} <= set(told["packages"])


def test_other_versions_and_kinds_of_ones_own_are_refused() -> None:
    with pytest.raises(DataError, match=r"model.onnx is of export version 9, and this code reads 1; export the trial"):
        read_tasks({**tell(), "version": 9}, Path("model.onnx"))
    told = tell()
    told["tasks"]["depth"]["kind"] = "heat"
    with pytest.raises(DataError, match=r"model.onnx answers depth, of a kind of your own, which no picture is known"):
        read_tasks(told, Path("model.onnx"))
