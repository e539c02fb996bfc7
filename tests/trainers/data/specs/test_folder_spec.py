"""What a specification of files may say, and what is told about one that is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from spaces.errors import DataError
from tests.trainers.data.masks import write_masks
from trainers.data.specs import folder_spec
from trainers.data.specs.folder_spec import FILES, FolderSpec, read_folder_spec
from trainers.data.specs.parsing import list_shipped, locate_spec

ONE = "tasks: {d: {kind: depth, files: 'd/{id}.png'}}"


def read(folder: Path, text: str) -> FolderSpec:
    path = folder / "spec.yaml"
    path.write_text(text)
    return read_folder_spec(path)


def test_the_example_of_the_documentation_is_right(tmp_path: Path) -> None:
    documented = (folder_spec.__doc__ or "").split("::\n", 1)[1].split("\n\n``{id}``")[0]

    example = read(tmp_path, documented)

    assert example.splits == {"train": ("training",), "test": ("val_a", "val_b")}
    assert list(example.tasks) == ["parts", "depth", "normals", "flow", "again"]
    assert list(example.files) == ["parts", "depth", "normals", "flow"]
    assert example.files["parts"].map == ((0, 11), (1, 4), (2, 5), (3, -1))
    assert example.files["depth"].valid == (1, 60000)
    assert example.files["normals"].channels == "first"
    assert example.tasks["flow"].channels == 2
    assert example.files["flow"].channels is None


def test_every_shipped_specification_reads() -> None:
    names = list_shipped(FILES)

    assert len(names) == 12
    for name in names:
        assert read_folder_spec(locate_spec(name, FILES)).source


def test_splits_follow_from_the_patterns(tmp_path: Path) -> None:
    assert read(tmp_path, f"image: 'x/{{id}}.png'\n{ONE}").splits == {"train": ("",)}
    named = {"train": ("train",), "val": ("val",), "test": ("test",)}
    assert read(tmp_path, f"image: '{{split}}/{{id}}.png'\n{ONE}").splits == named
    assert read(tmp_path, f"image: 'x/{{id}}.png'\nlists: '{{split}}.txt'\n{ONE}").splits == named
    assert read(tmp_path, f"image: 'x/{{id}}.png'\nlists: all.json\n{ONE}").splits == named


WRONG = {
    "no image": (ONE, "image.files=None: want a pattern such as '{split}/label/{id}.png', or a list of them"),
    "no files": ("image: '{id}.png'\ntasks: {d: {kind: depth}}", "tasks.d.files=None: want a pattern such as"),
    "no id": (
        f"image: 'x.png'\n{ONE}",
        "image.files='x.png': names the same file for every sample; want {id} and {split}",
    ),
    "another field": (
        f"image: '{{name}}.png'\n{ONE}",
        "image.files='{name}.png': unknown {...}; want {id} and {split}",
    ),
    "a column without a list": (f"image: '{{0}}'\n{ONE}", "image.files='{0}': unknown {...}"),
    "image option": (f"image: {{files: '{{id}}.png', map: [0]}}\n{ONE}", "image.map: unknown, want among files, array"),
    "files of an image task": (
        "image: '{id}.png'\ntasks: {a: {kind: autoencoder, files: '{id}.png'}}",
        "tasks.a.files={id}.png: the target of autoencoder is the image; leave it out",
    ),
    "channels": (
        "image: '{id}.png'\ntasks: {d: {kind: depth, files: '{id}.npy', channels: 3}}",
        "tasks.d.channels: unknown, kind 'depth' has role, ",
    ),
    "map": (
        "image: '{id}.png'\ntasks: {d: {kind: depth, files: '{id}.npy', map: [a]}}",
        "tasks.d.map=['a']: want the class of every stored id, a list from id 0 or a mapping",
    ),
    "valid": (
        "image: '{id}.png'\ntasks: {d: {kind: depth, files: '{id}.npy', valid: 3}}",
        "tasks.d.valid=3: want [LOWEST, HIGHEST] of the stored values that count",
    ),
    "valid without invalid": (
        "image: '{id}.png'\ntasks: {d: {kind: regression, files: '{id}.npy', valid: [0, 3]}}",
        "tasks.d.valid: kind 'regression' needs a number in invalid beside it",
    ),
    "read": (
        "image: '{id}.png'\ntasks: {d: {kind: depth, files: '{id}.npy', read: no.such.thing}}",
        "tasks.d.read: no.such.thing: code of the package 'no', which nobody has allowed to run",
    ),
    "unknown split": (
        f"image: '{{split}}/{{id}}.png'\nsplits: {{train: a, dev: b}}\n{ONE}",
        "splits={'train': 'a', 'dev': 'b'}: want a mapping such as {train: train, test: val}",
    ),
    "no train": (f"image: '{{split}}/{{id}}.png'\nsplits: {{val: a}}\n{ONE}", "splits={'val': 'a'}: want a mapping"),
    "one name in two splits": (
        f"image: '{{split}}/{{id}}.png'\nsplits: {{train: a, val: b, test: [b, c]}}\n{ONE}",
        "a name in two splits, so that images would be trained and tested on",
    ),
    "held out": (f"held_out: 0.6\nimage: '{{id}}.png'\n{ONE}", "held_out=0.6: want a number > 0 and <= 0.4"),
    "lists": (f"lists: [a]\nimage: '{{id}}.png'\n{ONE}", "lists=['a']: want the path of list files inside the root"),
    "unknown key": (
        f"split: a\nimage: '{{id}}.png'\n{ONE}",
        "a specification has source, image, default, tasks, splits, lists, held_out; did you mean 'splits'?",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_specification_is_refused(tmp_path: Path, case: str) -> None:
    text, expected = WRONG[case]

    with pytest.raises(DataError) as caught:
        read(tmp_path, text)

    assert expected in str(caught.value)
    assert all(problem.startswith(f"{tmp_path / 'spec.yaml'}: ") for problem in caught.value.problems)


def test_values_beyond_those_that_count_are_invalid(tmp_path: Path) -> None:
    text = (Path(write_masks(tmp_path / "own").spec or "")).read_text()
    spec = tmp_path / "own" / "spec.yaml"
    spec.write_text(text.replace("scale: 0.001", "scale: 0.001, valid: [1000, 2000]"))
    data = write_masks(tmp_path / "other", spec.read_text())

    depth = data.load("val").targets["depth"]

    assert depth[depth > 0].min() >= 1
    assert depth.max() <= 2
    assert 0.5 < (depth == 0).mean() < 0.9


def test_a_format_of_ones_own_is_read_by_a_function(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "own_reader.py").write_text("import numpy as np\ndef two(path): return np.full((16, 24), 2.0)\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("SEARCH_ALLOW", "own_reader")
    text = (Path(write_masks(tmp_path / "own").spec or "")).read_text()

    data = write_masks(tmp_path / "other", text.replace("scale: 0.001", "read: own_reader.two"))

    assert (data.load("val").targets["depth"] == 2).all()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le"])
def test_a_specification_may_be_in_any_unicode(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "spec.yaml"
    path.write_bytes(f"image: '图/{{id}}.png'\r\n{ONE}\r\n\x1a".encode(encoding))
    assert read_folder_spec(path).image.patterns == ("图/{id}.png",)


def test_a_specification_in_another_encoding_is_refused_with_the_byte(tmp_path: Path) -> None:
    path = tmp_path / "spec.yaml"
    path.write_bytes(f"image: '中文/{{id}}.png'\n{ONE}".encode("gbk"))
    told = r"spec\.yaml: not a text in UTF-8 \(byte 9 is 0xd6\); save it as UTF-8 in the editor"
    with pytest.raises(DataError, match=told):
        read_folder_spec(path)
