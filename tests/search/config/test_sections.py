"""The small groups of plain values refuse what cannot be."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.config.sections import LARGEST_SEED, SHARED, Baselines, Run
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


@given(st.integers())
def test_seeds_and_numbers_of_baselines_have_bounds(number: int) -> None:
    for fits, make in (
        (0 <= number <= LARGEST_SEED, lambda: Run("a", seed=number)),
        (number >= 1, lambda: Baselines(number)),
    ):
        if fits:
            make()
        else:
            with pytest.raises(ConfigError, match=f"={number}: want"):
                make()
