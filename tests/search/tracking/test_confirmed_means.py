from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from search.tracking.confirmed_means import find_means
from search.tracking.mlflow import Mlflow
from tests.search.tracking.mlflow_runs import EXPERIMENT, find_parent, list_children
from tests.search.trials import complete

mlflow = pytest.importorskip("mlflow")


def test_trials_have_what_fresh_seeds_show_once_and_the_view_is_sorted_by_it(tmp_path: Path) -> None:
    client = mlflow.MlflowClient(f"sqlite:///{tmp_path / 'mlflow.db'}")

    def record(means: dict[int, dict[str, float]]) -> str:
        tracker = Mlflow(experiment=EXPERIMENT).tracker(tmp_path)
        tracker.open("a search", "confirmed", {"objectives": ["delta_mtl", "macs"]}, "")
        for number in range(2):
            tracker.log(complete(number, 1.0, 10))
        tracker.log_confirmed(means)
        tracker.close("FINISHED")
        run = find_parent(client, "confirmed").info.run_id
        tags = client.get_experiment_by_name(EXPERIMENT).tags
        return str(json.loads(tags[f"mlflow.sharedViewState.search-{run}"])["orderByKey"])

    assert record({}) == "metrics.`delta_mtl`"
    for value in (0.5, 0.5, 0.25):
        told = {"delta_mtl.confirmed": value, "worst_delta.confirmed": math.nan}
        assert record({1: told, 7: told}) == "metrics.`delta_mtl.confirmed`"
    assert record({}) == "metrics.`delta_mtl.confirmed`"  # a start that knows of no confirmation finds it there
    first, second = list_children(client, find_parent(client, "confirmed"))
    assert find_means(first.data.metrics) == []
    assert find_means(second.data.metrics) == ["delta_mtl.confirmed"]
    history = client.get_metric_history(second.info.run_id, "delta_mtl.confirmed")
    assert [point.value for point in history] == [0.5, 0.25]
    assert second.data.metrics["delta_mtl"] == 1.0
    asked = f"tags.`mlflow.parentRunId` = '{find_parent(client, 'confirmed').info.run_id}'"
    for order in ("DESC", "ASC"):  # as the page asks; what has none comes last
        found = client.search_runs(
            [first.info.experiment_id], asked, order_by=[f"metrics.`delta_mtl.confirmed` {order}"]
        )
        assert [run.info.run_name for run in found] == ["trial 1", "trial 0"]
