from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from search.tracking.children import NUMBER, TRAINING, Lacking, name_kind


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        ({NUMBER: "3"}, "trial"),
        ({TRAINING: "supernet a1b2"}, "supernet"),
        ({TRAINING: "supernet goes on"}, "supernet"),
        ({TRAINING: "final training of trial 3 c4"}, "final training"),
        ({TRAINING: "confirmation, trial 3, seed 500 d5"}, "confirmation"),
        ({TRAINING: "of a later version"}, "training"),
        ({}, ""),
    ],
)
def test_the_kind_of_a_child(tags: dict[str, str], kind: str) -> None:
    assert name_kind(tags) == kind


def test_what_an_earlier_run_lacks_is_told_once_and_of_one_of_this_start_never() -> None:
    lacking = Lacking()
    run: Any = SimpleNamespace(info=SimpleNamespace(run_id="old"), data=SimpleNamespace(tags={"a": "1"}, params={}))
    lacking.keep(run)
    assert lacking.find("new", {"p": "1"}, {"a": "2", "b": "3"}) == ({}, {})
    assert lacking.find("old", {"p": "1"}, {"a": "2", "b": "3"}) == ({"p": "1"}, {"b": "3"})
    assert lacking.find("old", {"p": "1"}, {"a": "2", "b": "3"}) == ({}, {})
