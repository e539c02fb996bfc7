from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import numpy as np
import pytest

from spaces.errors import DataError
from trainers.data.specs.files import Files, find_reader, find_versions, parse_files


def parse(own: dict[str, object], *, listed: bool = False) -> tuple[Files, list[str]]:
    problems: list[str] = []
    return parse_files("image", own, listed, problems), problems


def test_what_is_said_is_kept() -> None:
    own = {"files": ["a/{id}.png", "b/{id}.png"], "map": [3, -1], "valid": [1, 9], "channels": "first"}
    files, problems = parse(own)
    assert problems == []
    assert files == Files(("a/{id}.png", "b/{id}.png"), None, None, "first", ((0, 3), (1, -1)), (1, 9))
    assert parse({"files": "{0}/{1}.png", "map": {7: 0}}, listed=True)[0].map == ((7, 0),)


@pytest.mark.parametrize(
    ("own", "told"),
    [
        ({}, "image.files=None: want a pattern"),
        ({"files": ["a/{id}.png", ""]}, "want a pattern such as"),
        ({"files": "{split}/a.png"}, "names the same file for every sample; want {id} and {split}"),
        ({"files": "{name}.png"}, "unknown {...}; want {id} and {split}"),
        ({"files": "{0}.png"}, "unknown {...}; want {id} and {split}"),
        ({"files": "{id}.png", "array": 3}, "image.array=3: want a text"),
        ({"files": "{id}.png", "channels": "middle"}, "image.channels='middle': want first or last"),
        ({"files": "{id}.png", "layout": "middle"}, "image.layout='middle': want first or last"),
        (
            {"files": "{id}.png", "layout": "first", "channels": "last"},
            "image: layout='first' and channels='last'; leave one out",
        ),
        ({"files": "{id}.png", "valid": [1]}, "image.valid=[1]: want [LOWEST, HIGHEST]"),
        ({"files": "{id}.png", "map": {"a": 1}}, "image.map={'a': 1}: want the class of every stored id"),
        ({"files": "{id}.png", "map": []}, "image.map=[]: want the class of every stored id"),
        (
            {"files": "{id}.png", "read": "no.such.reader"},
            "image.read: no.such.reader: code of the package 'no', which",
        ),
    ],
)
def test_what_is_wrong_is_said(own: dict[str, object], told: str) -> None:
    _, (problem,) = parse(own)
    assert told in problem


def test_channels_may_come_first(tmp_path: Path) -> None:
    values = np.arange(24.0).reshape(2, 3, 4)
    np.save(tmp_path / "x.npy", values)
    assert np.array_equal(Files(("x.npy",)).raw(tmp_path / "x.npy"), values)
    first = Files(("x.npy",), channels="first").raw(tmp_path / "x.npy")
    assert np.array_equal(first, values.transpose(1, 2, 0))


@pytest.fixture
def reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A module of a user's own with two readers."""
    module = tmp_path / "own_reader_of_files.py"
    module.write_text("import numpy as np\ndef ones(path): return np.ones((2, 2))\ndef text(path): return 'x'\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("SEARCH_ALLOW", module.stem)
    monkeypatch.delitem(sys.modules, module.stem, raising=False)
    return module


def test_a_reader_of_ones_own_gives_arrays_and_nothing_else(reader: Path, tmp_path: Path) -> None:
    assert Files((), read=f"{reader.stem}.ones").raw(tmp_path / "any").tolist() == [[1, 1]] * 2
    with pytest.raises(DataError, match=r"any: read: own_reader_of_files.text gives a str; want a numpy array"):
        Files((), read=f"{reader.stem}.text").raw(tmp_path / "any")
    with pytest.raises(DataError, match="own_reader_of_files has no class none"):
        find_reader(f"{reader.stem}.none")


def test_the_version_is_what_the_module_declares_or_else_its_source(reader: Path) -> None:
    path = f"{reader.stem}.ones"
    assert find_versions(path) == [hashlib.sha256(reader.read_bytes()).hexdigest()]
    sys.modules[reader.stem].VERSION = 7  # type: ignore[attr-defined]
    assert find_versions(path) == ["7"]


def test_plain_values_name_a_reader_by_its_first_path() -> None:
    (by_name, by_path) = (Files((), read=each).plain for each in ("pascal_edges", "trainers.data.pascal_context.edges"))
    assert by_name == by_path
    assert by_name["read"] == "trainers.data.pascal_context.edges"
    assert Files(("a",)).plain["read"] is None


def test_the_layout_has_two_names() -> None:
    by_layout, by_channels = (parse({"files": "{id}.npy", key: "first"})[0] for key in ("layout", "channels"))
    assert by_layout == by_channels
    assert by_layout.plain == by_channels.plain
