from __future__ import annotations

import math
from dataclasses import replace

import pytest

from search.problem.objectives import DELTA_MTL, MACS, Objective
from search.report.page.shown_values import (
    CONFIRMED,
    ENDED,
    GUESSED,
    MEASURED,
    Shown,
    choose_shown,
    format_shown,
    name_confirmed,
)
from search.study.fronts.best_guess import Guess
from search.study.fronts.front import Estimate, FrontView
from tests.search.trials import SINGLES, complete

TRIAL = complete(0, 1.5, 10)
VIEW = FrontView([TRIAL], (TRIAL,), (DELTA_MTL, MACS), (-20.0, 20.0), {})


def test_the_best_that_is_known_is_shown() -> None:
    view = replace(VIEW, singles=SINGLES[:1])
    guessed = replace(view, guesses={0: {"delta_mtl": Guess(1.0, 0.75)}})
    ended = replace(guessed, finals=[complete(0, 4.0, 10)])
    confirmed = replace(ended, confirmed={0: {"delta_mtl": Estimate(3.0, 2.0, 4.0)}})
    found = [choose_shown(view, TRIAL) for view in (view, guessed, ended, confirmed)]
    assert [each["delta_mtl"] for each in found] == [
        Shown(1.5, math.sqrt(5), MEASURED),
        Shown(1.0, 1.25, GUESSED),
        Shown(4.0, math.sqrt(5), ENDED),
        Shown(3.0, 1.0, CONFIRMED),
    ]
    assert all(set(each) == {"delta_mtl"} for each in found)  # what is counted is known


def test_it_is_told_of_how_few_seeds_an_interval_is() -> None:
    view = replace(VIEW, confirmed={0: {"delta_mtl": Estimate(3.0, 2.0, 4.0, 2)}})
    assert choose_shown(view, TRIAL)["delta_mtl"].basis == (
        "confirmed with 2 fresh seeds on the test split, 95 % interval"
    )
    assert name_confirmed(1).startswith("confirmed with 1 fresh seed on")


@pytest.mark.parametrize(
    ("objective", "value", "spread", "text"),
    [
        (DELTA_MTL, 2.1234, 1.234, "+2.1 +- 1.2 %"),
        (DELTA_MTL, 12.345, 23.4, "+12 +- 23 %"),
        (DELTA_MTL, 99.4, 1334.0, "+100 +- 1300 %"),
        (DELTA_MTL, -0.01, 0.3, "0.0 +- 0.3 %"),
        (DELTA_MTL, 0.4, 42.0, "0 +- 42 %"),  # as the page's scripts write it
        (DELTA_MTL, 2.1234, math.nan, "+2.1 %"),
        (Objective("depth.abs_err_m", "m", "minimise"), 0.54321, 0.0123, "0.543 +- 0.012 m"),
    ],
)
def test_no_more_digits_than_the_noise_allows(objective: Objective, value: float, spread: float, text: str) -> None:
    assert format_shown(objective, Shown(value, spread, "")) == text
