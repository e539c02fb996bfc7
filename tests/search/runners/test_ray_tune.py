from __future__ import annotations

import importlib.util
from typing import Any

import pytest

from search.runners import ray_tune
from search.runners.ray_tune import NEEDED, RayTune


@pytest.mark.parametrize(
    ("given", "cores", "beforehand"),
    [
        ({}, 2, True),
        ({}, 64, True),
        ({"cpus_per_trial": 0.5}, 2, True),
        ({"concurrency": 1}, 2, True),
        ({"concurrency": 1}, 64, False),
        ({"cpus_per_trial": 8}, 64, False),
        ({"cpus_per_trial": 8}, 4, False),
    ],
)
def test_workers_import_beforehand_where_nearly_all_of_them_will_train(
    given: dict[str, Any], cores: int, beforehand: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ray_tune, "count_cores", lambda: cores)
    assert RayTune(gpus_per_trial=0, **given)._list_needed() == (NEEDED if beforehand else ())


def test_what_workers_import_beforehand_is_there() -> None:
    assert all(importlib.util.find_spec(name) for name in NEEDED)


@pytest.mark.parametrize(
    ("given", "cores", "threads"),
    [
        ({}, 2, 2),
        ({}, 1, 1),
        ({}, 64, 2),
        ({"cpus_per_trial": 3}, 64, 6),
        ({"cpus_per_trial": 3}, 4, 4),
        ({"cpus_per_trial": 0.5}, 2, 2),
        ({"concurrency": 1}, 64, 1),
        ({"address": "auto"}, 64, 1),
    ],
)
def test_a_training_that_runs_alone_has_two_trainings_threads_where_they_are_idle(
    given: dict[str, Any], cores: int, threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ray_tune, "count_cores", lambda: cores)
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    assert RayTune(**given).threads_alone == threads
