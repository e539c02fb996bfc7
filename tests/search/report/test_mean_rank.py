from __future__ import annotations

import math
from dataclasses import replace

import pytest

from search.report.mean_rank import compute_mean_ranks
from tests.search.trials import complete, failed
from trainers.tasks import make_task

TASKS = (
    make_task("seg", {"kind": "segmentation", "classes": 3}),
    make_task("depth", {"kind": "depth"}),
    make_task("edges", {"kind": "edges"}),
)


def trial(number: int, miou: float, error: float, f1: float = 0.5):
    return replace(complete(number, 0.0, 1), metrics={"seg.miou": miou, "depth.abs_err_m": error, "edges.f1": f1})


def test_it_is_the_mean_over_main_tasks_and_equals_share_a_rank() -> None:
    trials = [trial(3, 0.5, 0.2, f1=0.1), trial(1, 0.5, 0.1), trial(7, 0.9, 0.3)]
    assert compute_mean_ranks(trials, TASKS) == {3: (2.5 + 2) / 2, 1: (2.5 + 1) / 2, 7: (1 + 3) / 2}


def test_it_agrees_with_scipy() -> None:
    from scipy.stats import rankdata

    values = [(0.1 * (n % 4), 0.05 * (n * 7 % 5)) for n in range(12)]
    found = compute_mean_ranks([trial(n, *value) for n, value in enumerate(values)], TASKS)
    seg, depth = rankdata([-v[0] for v in values]), rankdata([v[1] for v in values])
    assert list(found.values()) == pytest.approx(list((seg + depth) / 2))


def test_those_without_a_value_do_not_count() -> None:
    trials = [trial(0, 0.5, 0.2), trial(1, math.nan, 0.1), failed(2), trial(3, 0.4, 0.4)]
    assert compute_mean_ranks(trials, TASKS) == {0: 1.0, 3: 2.0}
    assert compute_mean_ranks([], TASKS) == {}
    assert compute_mean_ranks(trials, TASKS[2:]) == {}
