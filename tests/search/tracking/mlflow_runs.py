"""Runs of MLflow as the tests look for them."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

EXPERIMENT = "a test"


def find_parent(client: Any, search_id: str) -> Any:
    experiment = client.get_experiment_by_name(EXPERIMENT).experiment_id
    (run,) = client.search_runs([experiment], f"tags.`search.id` = '{search_id}'")
    return run


def list_children(client: Any, parent: Any) -> list[Any]:
    found = client.search_runs([parent.info.experiment_id], f"tags.`mlflow.parentRunId` = '{parent.info.run_id}'")
    return sorted(found, key=lambda run: int(run.data.tags["search.trial"]))


def wait_until(holds: Callable[[], Any], seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if holds():
                return
        except (ValueError, AttributeError, IndexError):  # not yet there
            pass
        time.sleep(0.05)
    raise AssertionError(f"did not come true within {seconds:g} s")
