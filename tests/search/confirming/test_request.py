from __future__ import annotations

import pytest

from search.confirming.request import AS_SEARCHED, RESPLIT, Request
from spaces.errors import ConfigError


def test_what_is_usual() -> None:
    assert Request() == Request((), None, 3, None, AS_SEARCHED)


def test_all_mistakes_are_told_at_once() -> None:
    with pytest.raises(ConfigError) as told:
        Request((1,), best=2, seeds=0, budget=-1)
    assert told.value.problems == (
        "--seeds 0: want a whole number of at least 1",
        "--budget -1: want a whole number of at least 1",
        "--trials and --best: each says which networks; give one of them",
    )


def test_seeds_are_not_so_many_that_another_search_has_them() -> None:
    with pytest.raises(ConfigError, match=r"^--seeds 101: want at most 100, for intervals shrink with the root of it$"):
        Request(seeds=101)


def test_it_is_spelled_as_the_command_takes_it() -> None:
    assert Request().spell() == "--seeds 3"
    assert Request(best=2, budget=9, division=RESPLIT).spell() == "--best 2 --seeds 3 --budget 9 --resplit"
