from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from spaces.errors import ConfigError
from trainers.data.loading import Loading


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"memory_gb": -1}, "data.loading.memory_gb=-1: want a number >= 0"),
        ({"memory_gb": "much"}, "data.loading.memory_gb=much: want a number >= 0"),
        ({"workers": -1}, "data.loading.workers=-1: want a whole number >= 0"),
        ({"workers": 1.5}, "data.loading.workers=1.5: want a whole number >= 0"),
        ({"cache": 3}, "data.loading.cache=3: want a text"),
    ],
)
def test_values_that_are_not_allowed_are_refused(given: dict[str, Any], told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Loading(**given)
    (problem,) = caught.value.problems
    assert problem.startswith(told)


def test_a_cache_is_a_folder_that_need_not_be_there_yet(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match="this is a file; want a folder"):
        Loading(cache=str(tmp_path / "file"))
    assert Loading(cache=str(tmp_path)).cache == str(tmp_path)
    assert Loading(cache=str(tmp_path / "none")) == Loading(cache=str(tmp_path / "none"))


def test_the_edges_are_allowed() -> None:
    assert Loading(memory_gb=0, workers=0) != Loading()
    assert hash(Loading()) == hash(Loading())
