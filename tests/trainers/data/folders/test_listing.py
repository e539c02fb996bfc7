"""Which samples there are: patterns, lists, tables of parts, and splits that are carved."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from spaces.errors import DataError
from trainers.data.folders.listing import Row, carve_splits, find_existing, glob_rows, parts_of, read_rows


def touch(root: Path, *names: str) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()


def test_ids_are_what_files_have_where_the_pattern_says_so(tmp_path: Path) -> None:
    touch(tmp_path, "train/image/10.png", "train/image/2.png", "train/image/2.txt", "val/image/3.png", "train/2.png")

    assert [row.id for row in glob_rows(tmp_path, "{split}/image/{id}.png", "train")] == ["2", "10"]
    assert glob_rows(tmp_path, "{split}/nothing/{id}.png", "train") == []


def test_an_id_may_hold_folders_and_has_to_repeat(tmp_path: Path) -> None:
    touch(tmp_path, "a/x/x_1.png", "a/x_1/x_1.png", "a/y/z_1.png")

    assert {row.id for row in glob_rows(tmp_path, "a/{id}.png", "")} == {"x/x_1", "x_1/x_1", "y/z_1"}
    assert [row.id for row in glob_rows(tmp_path, "a/{id}/{id}.png", "")] == ["x_1"]


def test_what_looks_like_an_expression_is_meant_as_it_stands(tmp_path: Path) -> None:
    touch(tmp_path, "a+b/1.png", "aab/2.png", "a+b/3xpng")

    assert [row.id for row in glob_rows(tmp_path, "a+b/{id}.png", "")] == ["1"]


def test_lists_are_lines_or_rows(tmp_path: Path) -> None:
    (tmp_path / "train.txt").write_text("b first\na second\n\n")
    (tmp_path / "all.json").write_text(json.dumps({"train": [["x.png", "y.npy"]], "val": ["z"]}))

    assert [row.columns for row in read_rows(tmp_path, "{split}.txt", "train")] == [("b", "first"), ("a", "second")]
    assert read_rows(tmp_path, "all.json", "train")[0].fill("{1}") == "y.npy"
    assert read_rows(tmp_path, "all.json", "val") == [Row("val", ("z",))]


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("no.txt", None, "no.txt: no such file; "),
        ("no.json", "{", "no.json: cannot be read ("),
        ("no.json", '{"val": []}', "no.json: no list 'train', it has val; name the right one under splits"),
        ("no.json", "[3]", "no.json: want a list of names, or of lists of names, one a sample"),
    ],
)
def test_a_bad_list_is_refused(tmp_path: Path, name: str, text: str | None, expected: str) -> None:
    if text is not None:
        (tmp_path / name).write_text(text)

    with pytest.raises(DataError) as caught:
        read_rows(tmp_path, name, "train")

    assert expected in str(caught.value)


def test_a_column_that_the_list_has_not_is_refused() -> None:
    with pytest.raises(DataError, match=r"names column 2, the list has 2 a line"):
        Row("train", ("a", "b")).fill("{id}/{2}")


def test_parts_come_from_a_table(tmp_path: Path) -> None:
    (tmp_path / "parts.csv").write_text("id,train,val,test\nadams,1,0,0\nbell,0,1,0\ncole,1,0,0\n")

    assert parts_of(tmp_path / "parts.csv") == {"train": ("adams", "cole"), "val": ("bell",), "test": ()}
    (tmp_path / "parts.csv").write_text("name,train\nadams,1\n")
    with pytest.raises(DataError, match="want a table with the columns id, train, val and test"):
        parts_of(tmp_path / "parts.csv")


def test_carving_parts_the_samples_once_for_ever() -> None:
    rows = [Row("train", (str(index),)) for index in range(200)]
    shuffled = random.Random(0).sample(rows, len(rows))

    first, second = carve_splits(rows, 0.1, ["val", "test"]), carve_splits(shuffled, 0.1, ["val", "test"])

    assert {name: len(part) for name, part in first.items()} == {"train": 160, "val": 20, "test": 20}
    assert {name: set(part) for name, part in first.items()} == {name: set(part) for name, part in second.items()}
    assert sorted(row.id for part in first.values() for row in part) == sorted(row.id for row in rows)
    assert first["train"] == [row for row in rows if row in first["train"]]
    assert len(carve_splits(rows[:4], 0.1, ["val"])["val"]) == 1
    # A hundred samples more hardly move those that are there.
    more = carve_splits([*rows, *(Row("train", (f"x{index}",)) for index in range(20))], 0.1, ["val"])
    assert len(set(more["val"]) & set(carve_splits(rows, 0.1, ["val"])["val"])) >= 15


def test_the_first_file_that_exists_counts(tmp_path: Path) -> None:
    touch(tmp_path, "b/1.png", "a/2.png", "b/2.png")

    paths = [find_existing(tmp_path, ["a/{id}.png", "b/{id}.png"], Row("", (name,))) for name in "123"]

    assert paths == ["b/1.png", "a/2.png", "a/3.png"]
