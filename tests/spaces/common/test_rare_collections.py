from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from spaces.common.rare_collections import THRESHOLDS, rare_collections


@pytest.fixture(autouse=True)
def _usual() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)


def test_cycles_are_collected_rarely_until_the_end_however_it_ends() -> None:
    gc.set_threshold(700, 10, 10)
    with pytest.raises(KeyError), rare_collections():
        assert gc.get_threshold() == THRESHOLDS
        raise KeyError
    assert gc.get_threshold() == (700, 10, 10)


@pytest.mark.parametrize("before", [(0, 10, 10), (900_000, 30, 60)])
def test_what_is_rarer_already_stays(before: tuple[int, int, int]) -> None:
    gc.set_threshold(*before)
    with rare_collections():
        assert gc.get_threshold() == before
    assert gc.get_threshold() == before
