from __future__ import annotations

import os
from pathlib import Path

import pytest

from search.standing.find_runs import find_runs
from search.standing.started import Started, write_started
from spaces.errors import ConfigError


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    for name in ("fusion", "gates"):
        (tmp_path / "runs" / name).mkdir(parents=True)
        (tmp_path / "runs" / name / "config.yaml").touch()
    return tmp_path / "runs"


def test_a_run_is_found_by_path_and_by_name_and_all_of_a_folder(runs: Path) -> None:
    assert find_runs(str(runs / "fusion")) == ([runs / "fusion"], None)
    assert find_runs("gates", runs) == ([runs / "gates"], None)
    for found, folder in (find_runs(None, runs), find_runs(str(runs))):
        assert sorted(found) == [runs / "fusion", runs / "gates"]
        assert folder == runs


def test_runs_of_a_sweep_are_among_those_of_the_folder_it_lies_in(runs: Path) -> None:
    swept = runs / "sw" / "seed.0"
    for within in (swept, runs / "gates" / "front"):  # a run holds none
        within.mkdir(parents=True)
        (within / "config.yaml").touch()
    assert set(find_runs(None, runs)[0]) == {runs / "fusion", runs / "gates", swept}
    assert find_runs("sw/seed.0", runs) == ([swept], None)
    assert find_runs(str(runs / "sw")) == ([swept], runs / "sw")


def test_the_run_that_was_started_last_is_first_whenever_it_was_copied(runs: Path) -> None:
    for name, began in (("fusion", 200.0), ("gates", 100.0)):
        write_started(runs / name, Started(began=began))
        os.utime(runs / name / "config.yaml", (1000 - began, 1000 - began))
    assert find_runs(None, runs)[0] == [runs / "fusion", runs / "gates"]


def test_what_is_not_there_is_refused_with_the_nearest(runs: Path) -> None:
    with pytest.raises(ConfigError, match="did you mean 'fusion'"):
        find_runs("fuson", runs)
    with pytest.raises(ConfigError, match="did you mean 'gates'"):
        find_runs(str(runs / "gate"))
    with pytest.raises(ConfigError, match="holds no run of a search"):
        find_runs(None, runs / "fusion")
