"""The words of a command line become flags and values, or one message about all that is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.config.arguments import parse
from spaces.errors import ConfigError

FLAGS = {"--help": {"asks_help"}, "-h": {"asks_help"}, "--cfg": {"asks_config"}, "--config-dir=.": {"config_dir"}}
WRONG = ["--hlep", "-x", "--multirun", "-m", "--config-dir=nowhere", "trials", "~trials", "trials=1,2", "a=[1", "=3"]


@given(st.lists(st.sampled_from([*FLAGS, "trials=3", "space=fusion"]), max_size=6))
def test_flags_and_values_are_told_apart_wherever_they_stand(words: list[str]) -> None:
    found = parse(words)

    asked = set().union(*(FLAGS.get(word, set()) for word in words))
    assert {name for name in ("asks_help", "asks_config", "config_dir") if getattr(found, name)} == asked
    assert [f"{value.key}={value.text}" for value in found.values] == [word for word in words if word not in FLAGS]


@given(st.lists(st.sampled_from([*WRONG, "trials=3", "--help"]), max_size=6))
def test_every_wrong_word_is_told_in_one_error(words: list[str]) -> None:
    wrong = [word for word in words if word in WRONG]
    if not wrong:
        parse(words)
        return
    with pytest.raises(ConfigError) as caught:
        parse(words)
    told = [problem.replace("--config-dir nowhere", "--config-dir=nowhere") for problem in caught.value.problems]
    assert sorted(problem.partition(": ")[0] for problem in told) == sorted(wrong)


@given(st.one_of(st.integers(), st.booleans(), st.floats(allow_nan=False, allow_infinity=False)))
def test_values_are_read_as_they_are_written(value: float) -> None:
    (found,) = parse([f"trainer.lr={value}"]).values
    assert found.parsed == value
    assert (found.key, found.text) == ("trainer.lr", str(value))


def test_a_folder_is_taken_from_the_next_word_and_has_to_be_there(tmp_path: Path) -> None:
    assert parse(["--config-dir", str(tmp_path)]).config_dir == tmp_path
    with pytest.raises(ConfigError, match=r"--config-dir \(nothing\): no such folder"):
        parse(["--config-dir"])
