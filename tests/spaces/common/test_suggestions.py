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


@pytest.mark.parametrize(
    ("given", "meant"),
    [("FUSION", "fusion"), ("Miou", "colour-of-walls.miou"), ("latency", "latency_ms"), ("no", "."), ("ate", "gates")],
)
def test_capitals_do_not_matter_and_a_part_will_do(given: str, meant: str) -> None:
    names = (*NAMES, "depth.miou-of-all-walls", "colour-of-walls.miou", "latency_ms", "normals")
    assert suggest(given, names) == (f"; did you mean '{meant}'?" if meant != "." else ".")


def test_any_iterable_will_do_and_the_likeliest_wins() -> None:
    assert suggest("rate.depht", (f"rate.{task}" for task in ("normals", "depth"))) == "; did you mean 'rate.depth'?"
