from __future__ import annotations

import pytest

from spaces.common.suggestions import suggest

NAMES = ("fusion", "routing", "gates")


@pytest.mark.parametrize("name", NAMES)
def test_one_wrong_letter_is_recognised(name: str) -> None:
    for place in range(len(name)):
        for given in (name[:place] + name[place + 1 :], name[:place] + "x" + name[place + 1 :]):
            assert suggest(given, NAMES) == f"; did you mean '{name}'?"


def test_what_is_like_no_name_ends_the_sentence() -> None:
    assert suggest("zzz", NAMES) == "."
    assert suggest("fusion", ()) == "."


def test_any_iterable_will_do_and_the_likeliest_wins() -> None:
    assert suggest("rate.depht", (f"rate.{task}" for task in ("normals", "depth"))) == "; did you mean 'rate.depth'?"
