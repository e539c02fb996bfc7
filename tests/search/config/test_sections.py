"""The small groups of plain values refuse what cannot be."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.config.sections import LARGEST_SEED, SHARED, STARTS, Baselines, Final, Run, Supernet
from spaces.errors import ConfigError


@given(st.sampled_from(SHARED), st.randoms())
def test_a_name_that_some_file_system_takes_for_a_shared_folder_is_refused(name: str, rng) -> None:
    spelled = "".join(rng.choice((letter.lower(), letter.upper())) for letter in name)
    with pytest.raises(ConfigError, match=re.escape(f"run.name={spelled}: searches of one run.folder share")):
        Run(spelled)


@given(st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}", fullmatch=True))
def test_a_plain_name_is_kept(name: str) -> None:
    if name.lower() not in SHARED:
        assert Run(name).name == name


def test_a_name_that_is_no_text_is_refused() -> None:
    with pytest.raises(ConfigError, match=re.escape("run.name=a\udcff: want letters, digits, '_', '.' and '-'")):
        Run("a\udcff")  # a byte of the command line that is none of UTF-8


@given(st.integers())
def test_seeds_and_numbers_of_baselines_have_bounds(number: int) -> None:
    for fits, make in (
        (0 <= number <= LARGEST_SEED, lambda: Run("a", seed=number)),
        (number >= 1, lambda: Baselines(number)),
        (number >= 1, lambda: Supernet(number)),
        (number >= 1, lambda: Final(epochs=number)),
        (number >= 1, lambda: Final(members=number)),
    ):
        if fits:
            make()
        else:
            with pytest.raises(ConfigError, match=f"={number}: want"):
                make()


def test_a_search_has_no_final_training_and_no_epochs_of_a_supernet_of_its_own_where_nothing_is_said() -> None:
    assert Supernet().epochs is None
    assert (Final().epochs, Final().budget, Final().start) == (None, None, "auto")
    assert Final(start=STARTS[-1], budget=0.95, members=1).budget == 0.95


def test_all_that_is_wrong_with_a_final_training_is_said_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        Final(epochs=0, budget=1.0, members=0, start="zero")
    assert caught.value.problems == (
        "final.epochs=0: want a whole number >= 1 (or null)",
        "final.budget=1.0: want a number > 0 and <= 0.95 (or null)",
        "final.members=0: want a whole number >= 1 (or null)",
        "final.start=zero: want one of auto, supernet, trial, nothing",
        "final.epochs=0 and final.budget=1.0: both say how long; give one of them",
    )


@pytest.mark.parametrize("given", ["40", 0, 1.5, True])
def test_epochs_of_a_supernet_are_a_whole_number(given: object) -> None:
    with pytest.raises(ConfigError) as caught:
        Supernet(given)  # type: ignore[arg-type]
    assert caught.value.problems == (f"supernet.epochs={given}: want a whole number >= 1 (or null)",)


def test_both_ways_to_say_how_long_are_refused() -> None:
    with pytest.raises(ConfigError) as caught:
        Final(epochs=20, budget=0.5)
    assert caught.value.problems == ("final.epochs=20 and final.budget=0.5: both say how long; give one of them",)


@pytest.mark.parametrize("folder", ["s3://bucket/runs", "gs://bucket", "file:///tmp/runs", "hdfs://host:9000/runs"])
def test_a_url_is_no_run_folder_and_the_way_out_is_told(folder: str) -> None:
    for typed in (folder, Path(folder)):  # which has dropped a stroke
        with pytest.raises(ConfigError) as caught:
            Run("one", folder=typed)  # type: ignore[arg-type]
        (told,) = caught.value.problems
        assert told.startswith(f"run.folder={typed}: a URL, and a run's files are locked and replaced in place")
        assert "copy runs to a store when they have ended" in told


@pytest.mark.parametrize("folder", ["C:/runs", "a:b", "runs/s3:/x"])
def test_a_colon_alone_makes_no_url(folder: str) -> None:
    assert Run("one", folder=Path(folder)).folder == Path(folder)
