from __future__ import annotations

import random
from dataclasses import replace

from search.problem.objectives import DELTA_MTL
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
