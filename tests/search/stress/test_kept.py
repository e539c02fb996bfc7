from __future__ import annotations

import math
from pathlib import Path

import pytest

from search.stress.kept import Kept
from spaces.errors import ConfigError, DataError

WHERE = {"weights": "0123", "split": "test"}


def test_what_is_added_is_there_and_nan_stays_nan(tmp_path: Path) -> None:
    kept = Kept(tmp_path, 3, WHERE)
    assert kept.load() == {}
    kept.add("clean", {"depth.abs_err_m": 0.5})
    kept.add("fog", {"depth.abs_err_m": math.nan})

    found = Kept(tmp_path, 3, dict(WHERE)).load()

    assert found["clean"] == {"depth.abs_err_m": 0.5}
    assert math.isnan(found["fog"]["depth.abs_err_m"])
    assert [path.parent.name for path in tmp_path.rglob("*.json")] == ["robustness"]


def test_other_circumstances_and_networks_know_nothing_of_it(tmp_path: Path) -> None:
    Kept(tmp_path, 3, WHERE).add("clean", {})
    assert Kept(tmp_path, 3, {**WHERE, "split": "val"}).load() == {}
    assert Kept(tmp_path, 4, WHERE).load() == {}
    assert Kept(tmp_path, 3, WHERE).load() == {"clean": {}}


@pytest.mark.parametrize("text", ["{", "[]", '{"conditions": 3}', '{"conditions": {"clean": [1]}}'])
def test_a_damaged_file_is_named(tmp_path: Path, text: str) -> None:
    kept = Kept(tmp_path, 3, WHERE)
    kept.add("clean", {})
    kept.file.write_text(text)
    with pytest.raises(DataError, match=r"cannot be read as measurements \(.*\); remove it, and the same command"):
        kept.load()


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "robustness").write_text("")
    with pytest.raises(
        ConfigError, match=r"robustness/0003-.*json cannot be written \(.*what lies there.* or copy the run"
    ):
        Kept(tmp_path, 3, WHERE).add("clean", {})
