"""What a file tells is looked at before it is believed: whatever is missing or odd is one message."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from search.deploy.checked import ask_network, check_told, parse_told
from search.deploy.told import read_tasks
from spaces.errors import DataError, UserError

PATH = Path("model.onnx")
NAMES = ["a", "b", "c"]
TOLD: dict[str, Any] = {
    "version": 1,
    "outputs": ["depth", "walls"],
    "input": {"name": "image", "size": [4, 6]},
    "tasks": {
        "depth": {"kind": "depth", "fields": {}, "classes": None, "first_class": None},
        "walls": {"kind": "segmentation", "fields": {"classes": NAMES}, "classes": NAMES, "first_class": 0},
    },
}
SCORES = {"depth": np.zeros((1, 4, 6)), "walls": np.zeros((1, 4, 6, 3))}
PHOTO = np.zeros((4, 6, 3), np.uint8)


def change(place: str, value: Any) -> dict[str, Any]:
    told = copy.deepcopy(TOLD)
    *way, last = place.split(".")
    part = told
    for each in way:
        part = part[each]
    if value is ...:
        del part[last]
    else:
        part[last] = value
    return told


def test_what_an_export_tells_is_taken() -> None:
    check_told(TOLD, PATH)
    assert [task.name for task in read_tasks(TOLD, PATH)] == ["depth", "walls"]
    check_told(change("outputs", ...), PATH)  # earlier exports
    assert ask_network(lambda images: SCORES, PHOTO, read_tasks(TOLD, PATH), TOLD, PATH) == SCORES


@pytest.mark.parametrize("text", ["", "{", "null", "[]", '"a"', "[" * 100_000])
def test_what_is_no_mapping_in_json_is_refused(text: str) -> None:
    with pytest.raises(DataError, match=r"model\.onnx does not tell what .* no mapping in JSON; .* export the trial"):
        parse_told(text, PATH)
    assert parse_told(json.dumps(TOLD), PATH) == TOLD


@pytest.mark.parametrize("value", [..., None, [], {}, "x", -1, float("nan")])
@pytest.mark.parametrize("place", ["tasks", "tasks.depth", "tasks.depth.kind", "tasks.walls.fields", "input.size"])
def test_parts_that_are_missing_or_odd_are_named(place: str, value: Any) -> None:
    if place == "tasks.walls.fields" and value == {}:
        pytest.skip("no fields are fields")
    if place == "tasks.depth.kind" and value == "x":
        with pytest.raises(DataError, match="a kind of your own"):
            read_tasks(change(place, value), PATH)
        return
    with pytest.raises(DataError, match=r"does not tell what python -m search\.export writes into a file: "):
        read_tasks(change(place, value), PATH)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("outputs", ["depth"]),
        ("outputs", "depth"),
        ("input", None),
        ("input.size", [4, 0]),
        ("input.size", [4, 10**9]),
        ("tasks.walls.classes", []),
        ("tasks.walls.classes", [1]),
        ("tasks.walls.classes", 0),
        ("tasks.walls.first_class", "1"),
        ("tasks.walls.fields", {"classes": "many"}),
        ("tasks.walls.fields", {"nothing": 1}),
    ],
)
def test_values_that_nothing_can_be_drawn_by_are_refused(place: str, value: Any) -> None:
    with pytest.raises(UserError):
        read_tasks(change(place, value), PATH)


def test_another_version_is_told_as_it_stands() -> None:
    with pytest.raises(DataError, match="is of export version '1', and this code reads 1"):
        read_tasks(change("version", "1"), PATH)


@pytest.mark.parametrize(
    ("scores", "words"),
    [
        ({"depth": SCORES["depth"]}, "its network gives depth, and no 'walls'"),
        (
            {**SCORES, "walls": np.zeros((1, 4, 6, 2))},
            "it tells 3 classes of task 'walls', and its network gives 2;",
        ),
        (
            {**SCORES, "walls": np.zeros(3)},
            "it tells 3 classes of task 'walls', and its network gives an answer of shape 1;",
        ),
        (
            {**SCORES, "depth": np.zeros((1, 4, 6, 5))},
            "it tells answers of shape 4x6 of task 'depth', and its network gives an answer of shape 4x6x5;",
        ),
    ],
)
def test_answers_are_those_that_are_told(scores: dict[str, np.ndarray], words: str) -> None:
    with pytest.raises(DataError, match=words):
        ask_network(lambda images: scores, PHOTO, read_tasks(TOLD, PATH), TOLD, PATH)


def test_what_a_runtime_refuses_is_one_message() -> None:
    def refuse(images: np.ndarray) -> dict[str, np.ndarray]:
        raise RuntimeError("Got: 32 Expected: 16\nPlease fix")

    with pytest.raises(DataError, match=r"its network does not take 4x6 pixels \(RuntimeError\)"):
        ask_network(refuse, PHOTO, read_tasks(TOLD, PATH), TOLD, PATH)


def test_a_description_that_lacks_parts_is_told_which() -> None:
    with pytest.raises(DataError, match=r"writes into a file: it lacks version and input and tasks; it was damaged"):
        read_tasks({}, PATH)
    with pytest.raises(DataError, match=r": it lacks version; it was damaged"):
        read_tasks(change("version", ...), PATH)


@pytest.mark.parametrize(
    ("place", "value", "words"),
    [
        ("classes", None, "task 'walls' has classes None, and a, b, c among its fields;"),
        ("classes", ["a", "b"], "task 'walls' has classes a, b, and a, b, c among its fields;"),
        ("classes", 3, "task 'walls' has classes 3, and a, b, c among its fields;"),
        ("fields", {"classes": 7}, "task 'walls' has classes a, b, c, and 7 among its fields;"),
        ("first_class", 1, "task 'walls' has first_class 1, and 0 among its fields;"),
    ],
)
def test_classes_that_do_not_agree_are_refused(place: str, value: Any, words: str) -> None:
    with pytest.raises(DataError, match=words):
        read_tasks(change(f"tasks.walls.{place}", value), PATH)


def test_a_description_beside_a_file_tells_the_same_or_is_of_something_else(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    for other in ("", "{}", "[]", json.dumps({**change("tasks", {}), "file": {"name": "other.onnx"}})):
        (tmp_path / "export.json").write_text(other)
        read_tasks(TOLD, path)
    beside = {**change("tasks.walls.classes", ["a", "b"]), "file": {"name": "model.onnx"}}
    (tmp_path / "export.json").write_text(json.dumps(beside))
    with pytest.raises(DataError, match=r"export\.json and what model\.onnx itself tells do not agree in 'tasks';"):
        read_tasks(TOLD, path)
