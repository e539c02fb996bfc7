"""Names say the values, and fit the names of run folders."""

from __future__ import annotations

import pytest

from search.config.sections import RUN_NAME
from search.sweeping.lists import Listed
from search.sweeping.names import ROOM, name_runs, name_sweep


def test_choices_stand_alone_and_values_behind_their_key_with_the_seed_last() -> None:
    values = {"run.seed": "3", "space": "fusion", "trainer.lr": "1e-3"}
    assert name_runs([values], ["space"]) == ["fusion-lr.1e-3-seed.3"]
    assert name_runs([dict(reversed(values.items()))], ["space"]) == ["fusion-lr.1e-3-seed.3"]
    lists = [Listed("run.seed", ("0", "1")), Listed("space", ("fusion", "gates"))]
    assert name_sweep(lists) == name_sweep(lists[::-1]) == "sweep-space-seed"
    assert name_runs([], []) == []


@pytest.mark.parametrize("value", ["[4,4]", "../../up", "-1", "'a b'", "null", "{a: 1}", "é", "/", "x" * 300, "\n"])
def test_whatever_a_value_is_its_name_is_a_folder_s(value: str) -> None:
    (name,) = name_runs([{"trainer.lr": value}], [])
    assert RUN_NAME.fullmatch(name)
    assert len(name) <= ROOM


def test_values_that_differ_late_or_in_their_sign_have_two_names() -> None:
    assert len(set(name_runs([{"a": "x" * 300}, {"a": "x" * 299 + "y"}], []))) == 2
    assert len(set(name_runs([{"a": "1"}, {"a": "-1"}], []))) == 2
    assert len(set(name_runs([{"a": "1e3"}, {"a": "1e-3"}], []))) == 2
