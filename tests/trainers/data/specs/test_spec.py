"""What a specification may say, and what is told about one that is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from spaces.errors import DataError
from trainers.data.specs import spec
from trainers.data.specs.parsing import list_shipped, locate_spec
from trainers.data.specs.spec import ARRAYS, Spec, read_spec
from trainers.tasks import Task


def read(folder: Path, text: str) -> Spec:
    path = folder / "spec.yaml"
    path.write_text(text)
    return read_spec(path)


def test_the_example_of_the_documentation_is_right(tmp_path: Path) -> None:
    documented = (spec.__doc__ or "").split("::\n", 1)[1].split("\n\nEvery key")[0]

    example = read(tmp_path, documented)

    assert example.source == "where such data comes from"
    assert example.image == "rgb"
    assert example.default == ("geometry", "depth")
    assert {name: task.kind for name, task in example.tasks.items()} == {
        "geometry": "segmentation",
        "depth": "depth",
        "edges": "edges",
        "image_again": "autoencoder",
        "room": "classification",
        "contents": "attributes",
    }
    own = {"edges": "edges", "room": "room", "contents": "contents"}
    assert example.arrays == {"geometry": "geo", "depth": "depth_mm", **own}
    roles = [task.role for task in example.tasks.values()]
    assert roles == ["main", "main", "auxiliary", "auxiliary", "main", "main"]
    assert example.tasks["edges"].weight == 0.5


def test_what_is_left_out_has_a_default(tmp_path: Path) -> None:
    small = read(tmp_path, "tasks: {depth: {kind: depth}, parts: {kind: segmentation, classes: 4}}")

    assert small.image == "image"
    assert small.source == ""
    assert small.default == ("depth", "parts")
    assert small.arrays == {"depth": "depth", "parts": "parts"}
    assert small.tasks["parts"].channels == 4


def test_classes_are_names_or_a_count(tmp_path: Path) -> None:
    named = read(tmp_path, "tasks: {parts: {kind: segmentation, classes: [floor, wall]}}")
    counted = read(tmp_path, "tasks: {parts: {kind: segmentation, classes: 2}}")

    assert named.tasks["parts"].channels == counted.tasks["parts"].channels == 2


@pytest.mark.parametrize("number", ["0.001", "1e-3", "1E-3", ".1e-2", "1.0e-3"])
def test_numbers_may_be_written_with_an_exponent(tmp_path: Path, number: str) -> None:
    task = read(tmp_path, f"tasks: {{depth: {{kind: depth, scale: {number}}}}}").tasks["depth"]

    assert getattr(task, "scale") == 0.001  # noqa: B009 - of depth, not of every task


def test_a_task_of_ones_own_is_named_by_its_path(tmp_path: Path) -> None:
    own = read(tmp_path, "tasks: {far: {kind: trainers.tasks.depth.Depth, max_m: 300}}")

    assert isinstance(own.tasks["far"], Task)


WRONG = {
    "a list": ("- a\n- b", "a list where a mapping with the keys source, image, default, tasks is wanted"),
    "nothing": ("", "nothing where a mapping with the keys"),
    "a text": ("hello", "a text where a mapping with the keys"),
    "no YAML": ("tasks: [", "cannot be read as YAML ("),
    "a program": (
        "tasks: !!python/object/apply:os.getcwd []",
        "cannot be read as YAML (could not determine a constructor",
    ),
    "a key twice": ("tasks:\n  depth: {kind: depth}\n  depth: {kind: edges}", "key 'depth' is given twice"),
    "unknown key": (
        "task: {}\ntasks: {depth: {kind: depth}}",
        "task: unknown key, a specification has source, image, default, tasks; did you mean 'tasks'?",
    ),
    "tasks beside": (
        "depth: {scale: 1}\ntasks: {depth: {kind: depth}}",
        "and depth is a kind of task: it belongs under tasks",
    ),
    "no tasks": ("image: rgb", "tasks=None: want a mapping from names of tasks to their kinds and options"),
    "list of tasks": ("tasks: [depth, edges]", "tasks=['depth', 'edges']: want a mapping from names of tasks"),
    "image no text": ("image: 3\ntasks: {depth: {kind: depth}}", "image=3: want a text"),
    "array no text": ("tasks: {depth: {kind: depth, array: 3}}", "tasks.depth.array=3: want the name of an array"),
    "array of an image": (
        "tasks: {a: {kind: autoencoder, array: rgb}}",
        "tasks.a.array=rgb: the target of autoencoder is the image; leave it out",
    ),
    "task no mapping": (
        "tasks: {depth: depth}",
        "tasks.depth='depth': want a mapping such as {kind: depth, scale: 0.001}",
    ),
    "no kind": (
        "tasks: {depth: {scale: 1}}",
        "tasks.depth.kind: missing, want one of segmentation, depth, normals, edges, regression, autoencoder",
    ),
    "unknown kind": ("tasks: {depth: {kind: dept}}", "tasks.depth.kind: 'dept', want one of segmentation,"),
    "unknown option": (
        "tasks: {depth: {kind: depth, unit: mm}}",
        "tasks.depth.unit: unknown, kind 'depth' has role, weight, measures, judged_by, scale, invalid, max_m",
    ),
    "wrong value": ("tasks: {depth: {kind: depth, scale: mm}}", "tasks.depth.scale=mm: want a number > 0"),
    "missing classes": (
        "tasks: {parts: {kind: segmentation}}",
        "tasks.parts.classes: missing, kind 'segmentation' needs it",
    ),
    "role": ("tasks: {depth: {kind: depth, role: side}}", "tasks.depth.role=side: want one of main, auxiliary"),
    "unknown default": (
        "default: [deep]\ntasks: {depth: {kind: depth}}",
        "default=['deep']: want a list of distinct names among depth",
    ),
    "default no list": (
        "default: depth\ntasks: {depth: {kind: depth}}",
        "default='depth': want a list of distinct names among depth",
    ),
    "default of lists": (
        "default: [[depth]]\ntasks: {depth: {kind: depth}}",
        "default=[['depth']]: want a list of distinct names among depth",
    ),
    "default twice": (
        "default: [depth, depth]\ntasks: {depth: {kind: depth}}",
        "default=['depth', 'depth']: want a list of distinct names among depth",
    ),
    "name of a task": ("tasks: {3: {kind: depth}}", "task name 3: want a letter, then letters, digits"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_specification_is_refused(tmp_path: Path, case: str) -> None:
    text, expected = WRONG[case]

    with pytest.raises(DataError) as caught:
        read(tmp_path, text)

    assert expected in str(caught.value)
    assert str(caught.value).startswith(f"{tmp_path / 'spec.yaml'}: ")


def test_everything_wrong_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        read(tmp_path, "imag: rgb\ntasks: {depth: {kind: depth, scale: -1}, parts: {kind: segmentation}}")

    assert len(caught.value.problems) == 3


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    (tmp_path / "spec.yaml").write_bytes(b"\xff\xfe\x00")

    with pytest.raises(DataError, match="not a text in UTF-16-LE"):
        read_spec(tmp_path / "spec.yaml")


def test_a_bare_name_is_a_shipped_specification(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    assert list_shipped(ARRAYS) == ["redkitchen"]
    assert read_spec(locate_spec("redkitchen", ARRAYS)).default == ("geo", "depth", "normals")
    assert locate_spec("redkitchen.yaml", ARRAYS) == tmp_path / "redkitchen.yaml"
    assert locate_spec("./redkitchen", ARRAYS) == tmp_path / "redkitchen"
    assert locate_spec(str(tmp_path / "own.yml"), ARRAYS) == tmp_path / "own.yml"
