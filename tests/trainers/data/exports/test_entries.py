from __future__ import annotations

from pathlib import Path

import pytest

from spaces.errors import DataError
from trainers.data.exports.entries import find_entry, name_entries, stamp


def test_images_are_found_by_as_much_of_their_path_as_there_is() -> None:
    entries = {"b/1.png": 1, "1.png": 2, "3": 3}

    assert find_entry(entries, Path("/a/b/1.png"), "t") == 1
    assert find_entry(entries, Path("/a/c/1.png"), "t") == 2
    assert find_entry(entries, Path("/a/c/3.jpg"), "t") == 3
    with pytest.raises(DataError, match=r"t: no entry of 9\.png, it has b/1\.png, 1\.png, 3; add it"):
        find_entry(entries, Path("/9.png"), "t")


def test_a_missing_table_is_refused(tmp_path: Path) -> None:
    (tmp_path / "t").write_text("abc")
    assert stamp(tmp_path / "t")[1] == 3
    with pytest.raises(DataError, match="no such file"):
        stamp(tmp_path / "no")


def test_accents_are_compared_as_they_look_and_places_of_other_machines_are_left_out(tmp_path: Path) -> None:
    parted, whole = "e\u0301.png", "\u00e9.png"
    entries = {name: said for said, name in name_entries([parted]).items()}
    assert find_entry(entries, Path("/a") / parted, "t") == find_entry(entries, Path("/a") / whole, "t") == parted
    (tmp_path / "a.png").touch()
    here = str(tmp_path / "a.png")
    assert name_entries([here]) == {here: here}
    assert name_entries(["/no/a/1.png", "/no/b/1.png"]) == {"/no/a/1.png": "a/1.png", "/no/b/1.png": "b/1.png"}
    assert name_entries(["./a/1.png", "b.png"]) == {"./a/1.png": "a/1.png", "b.png": "b.png"}
    assert name_entries([]) == {}
