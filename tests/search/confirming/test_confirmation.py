from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest

from search.confirming.confirmation import FILE, Cell, drop_stale, load_confirmation, save_confirmation
from spaces.errors import DataError
from tests.search.confirming.made import make_confirmation, make_member

KEPT = make_confirmation(make_member(3, 0.0, 10.0, 4.0), make_member(1, 0.05, 20.0, 8.0, (500, 502)))


def test_what_is_kept_comes_back(tmp_path: Path) -> None:
    assert load_confirmation(tmp_path) is None
    save_confirmation(tmp_path, KEPT)
    assert load_confirmation(tmp_path) == KEPT
    assert KEPT.seeds == (500, 501, 502)


def test_what_is_not_known_stays_so(tmp_path: Path) -> None:
    save_confirmation(tmp_path, replace(KEPT, references={500: Cell({}, {"depth.abs_err_m": math.nan})}))
    found = load_confirmation(tmp_path)
    assert found is not None
    assert math.isnan(found.references[500].test["depth.abs_err_m"])
    assert math.isnan(found.references[500].macs)


@pytest.mark.parametrize("text", ["{", "[]", '{"version": 99}', '{"version": 1, "members": 3}'])
def test_a_damaged_file_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text)
    with pytest.raises(DataError, match=r"confirmed\.json: no confirmation \(.*remove it, and python -m search"):
        load_confirmation(tmp_path)


def test_networks_that_were_trained_further_since_are_dropped() -> None:
    now = {3: {"delta_mtl": 4.0, "macs": 10.0}, 1: {"delta_mtl": 8.5, "macs": 20.0}}
    assert [member.number for member in drop_stale(KEPT, now).members] == [3]
    assert drop_stale(KEPT, {}).members == ()
