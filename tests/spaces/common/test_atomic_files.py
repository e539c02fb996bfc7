from __future__ import annotations

import json
import math
from errno import ENOSPC
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from spaces.common.atomic_files import as_mapping, read_json, replacing, replacing_in, strict, write_json, write_text
from spaces.errors import DataError

plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def test_a_file_is_replaced_at_one_stroke_and_nothing_else_is_left(tmp_path: Path) -> None:
    path = tmp_path / "new" / "state.json"
    write_text(path, "before")
    with replacing(path) as temporary:
        temporary.write_text("after")
        assert path.read_text() == "before"
        # No glob for the real thing finds it, and it can be renamed without copying.
        assert temporary.parent == path.parent
        assert list(path.parent.glob("*.json")) == [path]
    assert path.read_text() == "after"
    assert list(path.parent.iterdir()) == [path]


def test_a_block_that_fails_leaves_the_file_of_before(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    write_text(path, "before")
    with pytest.raises(KeyboardInterrupt), replacing(path) as temporary:
        temporary.write_text("torn")
        raise KeyboardInterrupt
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("known", [False, True])
def test_what_cannot_be_written_is_called_by_its_own_name(tmp_path: Path, known: bool) -> None:
    path = tmp_path / "state.json"
    with pytest.raises(OSError, match="No space left on device") as caught, replacing(path) as temporary:
        raise OSError(ENOSPC, "No space left on device", *([str(temporary)] if known else []))
    assert caught.value.filename == str(path)


def test_two_that_write_one_file_have_names_of_their_own(tmp_path: Path) -> None:
    path = tmp_path / "outcome.json"
    with replacing(path) as one, replacing(path) as other:
        assert one != other
        one.write_text("one")
        other.write_text("other")
    assert path.read_text() == "one"


def test_files_that_belong_together_take_their_places_at_a_good_end(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    with replacing_in(folder) as place:
        (place / "model.xml").write_text("graph")
        (place / "model.bin").write_text("weights")
        assert not list(folder.glob("model*"))
    with pytest.raises(KeyboardInterrupt), replacing_in(folder) as place:
        (place / "model.xml").write_text("torn")
        raise KeyboardInterrupt
    found = {path.name: path.read_text() for path in folder.iterdir()}
    assert found == {"model.xml": "graph", "model.bin": "weights"}


@settings(max_examples=30, deadline=None)  # a disk may take its time
@given(plain)
def test_plain_values_survive_a_file(tmp_path_factory: pytest.TempPathFactory, value: Any) -> None:
    path = tmp_path_factory.getbasetemp() / "any.json"
    write_json(path, value)
    again = read_json(path)
    assert again == value
    assert repr(again) == repr(value)  # 1, 1.0 and True are equal


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (math.nan, None),
        ([1.5, -math.inf, "nan"], [1.5, None, "nan"]),
        ((1, (2,)), [1, [2]]),
        ({1: np.float32(0.5), "b": np.int64(3)}, {"1": 0.5, "b": 3}),
        (torch.tensor(math.nan), None),
        (torch.tensor(2), 2),
        (np.float64("nan"), None),
    ],
)
def test_what_json_does_not_know_becomes_what_it_does(value: Any, wanted: Any) -> None:
    found = strict(value)
    assert found == wanted
    assert json.loads(json.dumps(found, allow_nan=False)) == wanted


def test_scalars_become_pythons_own() -> None:
    assert [type(strict(value)) for value in (np.float64(1), np.bool_(True), torch.tensor(1), True)] == [
        float,
        bool,
        int,
        bool,
    ]


def test_files_that_are_missing_or_torn_are_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"absent\.json: cannot be read \(No such file"):
        read_json(tmp_path / "absent.json")
    (tmp_path / "torn.json").write_text('{"a": [1,')
    with pytest.raises(DataError, match=r"torn\.json: no JSON \(.*restore it from a copy"):
        read_json(tmp_path / "torn.json")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[" * 200_000, "lists within lists too deep to be read; it was damaged from outside"),
        ("1" * 6000, "no JSON (Exceeds the limit"),
        ('{"a": ' * 100_000, "lists within lists too deep to be read"),
    ],
)
def test_what_is_no_json_of_anybody_is_one_message(text: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(text)
    with pytest.raises(DataError) as caught:
        read_json(tmp_path / "a.json")
    assert str(caught.value).startswith(f"{tmp_path / 'a.json'}: {told}")


def test_a_file_is_as_large_as_it_may_be_before_it_is_read(tmp_path: Path) -> None:
    with open(tmp_path / "a.json", "wb") as file:
        file.truncate(300 * 2**20)  # takes no room on the disk
    with pytest.raises(DataError, match=r"a\.json: holds 300 MiB, at most 256 are read; .* use another run\.name"):
        read_json(tmp_path / "a.json")


def test_what_is_no_mapping_says_what_it_is() -> None:
    assert as_mapping({"a": 1}) == {"a": 1}
    with pytest.raises(TypeError, match=r"^nothing where a mapping is wanted$"):
        as_mapping(None)
