"""Programs ask whether a search could begin."""

from __future__ import annotations

from pathlib import Path

import pytest

from search.config import compose
from search.preflight import check
from spaces.errors import ConfigError
from tests.tiny import arguments, write_tiny


def test_a_search_that_could_begin_is_right_and_leaves_nothing(tmp_path: Path) -> None:
    data = write_tiny(tmp_path / "data")
    before = sorted(tmp_path.rglob("*"))
    check(compose(arguments(data)))
    assert sorted(tmp_path.rglob("*")) == before


def test_one_that_could_not_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"^objectives=macs, params: known of every pattern before it is trained"):
        check(compose(arguments(write_tiny(tmp_path / "data"), "objectives=[macs,params]")))
