from __future__ import annotations

from typing import Any

import pytest

from search.runners import ray_tune
from search.runners.ray_tune import RayTune


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
