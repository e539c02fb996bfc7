"""Which samples there are: patterns, lists, tables of parts, and splits that are carved."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from spaces.errors import DataError
from trainers.data.folders.listing import Row, carve_splits, find_existing, glob_rows


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


def test_a_column_that_the_list_has_not_is_refused() -> None:
    with pytest.raises(DataError, match=r"names column 2, the list has 2 a line"):
        Row("train", ("a", "b")).fill("{id}/{2}")


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


def test_suffixes_are_found_in_any_case_and_the_exact_one_counts(tmp_path: Path) -> None:
    touch(tmp_path, "i/1.jpg", "i/2.JPG", "i/3.Jpg", "i/4.jpg", "i/4.JPG", "i/5.jpeg", "I/6.jpg")

    rows = glob_rows(tmp_path, "i/{id}.jpg", "")

    assert [row.id for row in rows] == ["1", "4", "2", "3"]  # those of before come first, as they did
    paths = [find_existing(tmp_path, ["i/{id}.jpg"], row) for row in rows]
    assert paths == ["i/1.jpg", "i/4.jpg", "i/2.JPG", "i/3.Jpg"]
    assert find_existing(tmp_path, ["i/{id}.png", "i/{id}.JPG"], Row("", ("1",))) == "i/1.jpg"
    assert find_existing(tmp_path, ["i/{id}.JPG", "i/{id}.jpg"], Row("", ("4",))) == "i/4.JPG"


def test_what_machines_leave_is_no_sample_unless_the_pattern_says_so(tmp_path: Path) -> None:
    left = [".ipynb_checkpoints/1-checkpoint.png", "._1.png", "@eaDir/1.png/SYNO.png", "__MACOSX/1.png", "2/.x/1.png"]
    touch(tmp_path, "i/1.png", "i/2/3.png", *(f"i/{name}" for name in left), "i/thumbnails/1.png", ".hidden/9.png")

    assert [row.id for row in glob_rows(tmp_path, "i/{id}.png", "")] == ["1", "2/3"]
    assert [row.id for row in glob_rows(tmp_path, ".hidden/{id}.png", "")] == ["9"]
    assert [row.id for row in glob_rows(tmp_path, "i/._{id}.png", "")] == ["1"]


def test_files_of_a_pattern_that_says_more_are_left_to_it(tmp_path: Path) -> None:
    touch(tmp_path, *(f"{n}{use}.png" for n in "ab" for use in ("", "_mask", "_rgb")))

    masks = ["{id}_mask.png", "{id}.png"]
    assert [row.id for row in glob_rows(tmp_path, "{id}.png", "", ["{id}_mask.png"])] == ["a", "a_rgb", "b", "b_rgb"]
    assert [row.id for row in glob_rows(tmp_path, "{id}_rgb.png", "", masks)] == ["a", "b"]
    assert len(glob_rows(tmp_path, "{id}.png", "", ["{id}.png"])) == 6  # images that are their own targets


def test_links_are_followed_but_not_in_circles(tmp_path: Path) -> None:
    touch(tmp_path, "a/1.png")
    (tmp_path / "a" / "again").symlink_to(tmp_path / "a")
    (tmp_path / "b").symlink_to(tmp_path / "a")

    assert [row.id for row in glob_rows(tmp_path, "b/{id}.png", "")] == ["1"]


def test_a_name_may_hold_the_end_of_a_line(tmp_path: Path) -> None:
    touch(tmp_path, "a/1\n2.png", "a/3.png")

    assert {row.id for row in glob_rows(tmp_path, "a/{id}.png", "")} == {"1\n2", "3"}


def test_whole_paths_and_such_from_the_root_are_found(tmp_path: Path) -> None:
    touch(tmp_path, "a/1.png")

    for said in ("a/1.png", "/a/1.png", f"{tmp_path}/a/1.png"):
        assert find_existing(tmp_path, ["{0}"], Row("", (said,))) == "a/1.png"
    assert find_existing(tmp_path, ["{0}"], Row("", ("/b/1.png",))) == "/b/1.png"


def test_letters_and_accents_may_be_apart_on_the_disk_and_together_in_a_pattern(tmp_path: Path) -> None:
    touch(tmp_path, "e\u0301/e\u0301.png", "e\u0301/mask/\u00e9.Png")

    (row,) = glob_rows(tmp_path, "\u00e9/{id}.png", "", ["\u00e9/mask/{id}.png"])

    assert row.id == "e\u0301"
    assert find_existing(tmp_path, ["\u00e9/{id}.png"], row) == "e\u0301/e\u0301.png"
    assert find_existing(tmp_path, ["e\u0301/mask/{id}.png"], row) == "e\u0301/mask/\u00e9.Png"


def test_a_suffix_may_mix_small_and_capital_letters(tmp_path: Path) -> None:
    touch(tmp_path, "i/1.jPg", "i/2.JPg", "i/3.jpg", "m/1.pNG", "m/2.png", "m/3.PnG", "e\u0301.jPg")
    rows = glob_rows(tmp_path, "i/{id}.jpg", "")

    assert [find_existing(tmp_path, ["i/{id}.jpg"], row) for row in rows] == ["i/3.jpg", "i/1.jPg", "i/2.JPg"]
    assert [find_existing(tmp_path, ["m/{id}.png"], row) for row in rows] == ["m/3.PnG", "m/1.pNG", "m/2.png"]
    assert find_existing(tmp_path, ["{id}.jpg"], Row("", ("\u00e9",))) == "e\u0301.jPg"


@pytest.mark.parametrize("name", ["../secret", "a/../../secret", "/etc/hostname", "//etc/hostname"])
def test_a_name_that_leads_out_of_the_root_is_refused(tmp_path: Path, name: str) -> None:
    root = tmp_path / "data"
    (root / "a").mkdir(parents=True)
    (tmp_path / "secret").write_text("")
    with pytest.raises(DataError) as caught:
        find_existing(root, ["{id}"], Row("", (name,)))
    assert f" is named for a sample, and lies outside of {root}; want names inside it: correct" in str(caught.value)


def test_a_name_that_only_goes_round_in_the_root_and_a_link_are_read(tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    (tmp_path / "far" / "x..png").write_text("")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "near").symlink_to(tmp_path / "far")
    for name in ("near/x..png", "a/../near/x..png"):
        assert find_existing(tmp_path / "data", ["{id}"], Row("", (name,))) == name
