from __future__ import annotations

from pathlib import Path

import pytest

from spaces.errors import DataError
from trainers.data.exports.entries import find_entry, stamp


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
