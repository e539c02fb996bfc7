from __future__ import annotations

import random
from dataclasses import replace

import pytest

from search.problem.objectives import DELTA_MTL
from search.study.fronts import importances
from search.study.fronts.importances import FEWEST, measure_importances
from tests.search.trials import complete


def test_the_decision_that_matters_comes_first() -> None:
    draw = random.Random(0)
    choices = [{"matters": draw.randrange(4), "idle": draw.randrange(4), "only": 1} for _ in range(80)]
    trials = [replace(complete(0, 5.0 * each["matters"], 10), number=n, choices=each) for n, each in enumerate(choices)]
    found = measure_importances(trials, DELTA_MTL)
    assert list(found) == ["matters", "idle"]
    assert found["matters"] > 0.8
    assert abs(sum(found.values()) - 1) < 1e-9
    assert measure_importances(trials[: FEWEST - 1], DELTA_MTL) == {}


def test_of_many_trials_as_many_are_looked_at_evenly_over_the_search(monkeypatch: pytest.MonkeyPatch) -> None:
    draw = random.Random(1)
    choices = [{"one": draw.randrange(3), "other": draw.randrange(3)} for _ in range(60)]
    trials = [replace(complete(0, each["one"] + 0.1 * n, 10), number=n, choices=each) for n, each in enumerate(choices)]
    monkeypatch.setattr(importances, "MOST", 30)
    assert measure_importances(trials, DELTA_MTL) == measure_importances(trials[::2], DELTA_MTL)
