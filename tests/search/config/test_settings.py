"""A composed configuration becomes a checked search, and everything wrong in it one error."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from search.config.composition import compose
from search.config.settings import GROUPS, LATER, SECTIONS, from_plain
from spaces.errors import ConfigError

PLAIN = compose([]).plain


def test_the_plain_form_makes_an_equal_search_again() -> None:
    again = from_plain(yaml.safe_load(yaml.safe_dump(PLAIN)))

    assert again == from_plain(PLAIN)
    assert again.plain == PLAIN
    assert list(PLAIN)[:3] == ["run", "trials", "budget"]


@given(st.sets(st.sampled_from([*SECTIONS, *GROUPS]), min_size=1))
def test_every_part_with_an_unknown_key_is_told(parts: set[str]) -> None:
    plain: dict[str, Any] = deepcopy(PLAIN)
    for name in parts:
        plain[name]["nonsense"] = 1
    with pytest.raises(ConfigError) as caught:
        from_plain(plain)
    told = [problem.partition("=")[0] for problem in caught.value.problems]
    assert sorted(told) == sorted(f"{name}.nonsense" for name in parts)


@pytest.mark.parametrize("name", [*(each for each in SECTIONS if each not in LATER), *GROUPS])
def test_a_part_that_is_missing_is_told(name: str) -> None:
    with pytest.raises(ConfigError) as caught:
        from_plain({key: value for key, value in PLAIN.items() if key != name})
    assert any(problem.startswith(f"{name}=") for problem in caught.value.problems)


def test_a_configuration_of_before_supernets_is_one_without() -> None:
    before = from_plain({key: value for key, value in PLAIN.items() if key not in (*LATER, "budget")})
    assert before == from_plain({**PLAIN, "supernet": {}, "final": {}, "budget": None})
    assert before.plain["supernet"] == {"epochs": None}


def test_the_split_of_epochs_is_that_of_the_whole_search() -> None:
    assert compose(["sampler=frontier", "trials=5", "trainer.epochs=2"]).split.describe() == "5 trials x 2 = 10 epochs"
    assert compose(["sampler=oneshot", "budget=88"]).split.total == 88
