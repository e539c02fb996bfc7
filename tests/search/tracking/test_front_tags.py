from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from search.tracking.mlflow import Mlflow
from search.tracking.tracker import Training
from tests.search.tracking.mlflow_runs import EXPERIMENT, find_parent
from tests.search.trials import complete

mlflow = pytest.importorskip("mlflow")


def test_trials_are_on_the_front_and_final_trainings_delivered_in_place_of_theirs(tmp_path: Path) -> None:
    client = mlflow.MlflowClient(f"sqlite:///{tmp_path / 'mlflow.db'}")

    def start() -> Any:
        tracker = Mlflow(experiment=EXPERIMENT).tracker(tmp_path)
        tracker.open("a search", "fronts", {}, "")
        return tracker

    def read() -> dict[str, tuple[str | None, str | None]]:
        parent = find_parent(client, "fronts")
        wanted = f"tags.`mlflow.parentRunId` = '{parent.info.run_id}'"
        found = client.search_runs([parent.info.experiment_id], wanted)
        return {run.info.run_name: (run.data.tags.get("on_front"), run.data.tags.get("delivered")) for run in found}

    first = start()
    for number in range(2):
        first.log(complete(number, 1.0, 10))
    first.log_training(Training("supernet", "a1", {}, {}))
    first.log_front([0], {}, ["trial 0"])
    first.close("FINISHED")
    assert read() == {"trial 0": ("yes", "yes"), "trial 1": ("no", "no"), "supernet": (None, None)}

    again = start()
    again.log_front([1], {})  # while a search goes on, what it handed over last stays
    again.close("KILLED")
    assert read()["trial 0"] == ("no", "yes")

    last = start()
    for mark in ("c3", "d4"):
        last.log_training(Training(f"final training of trial {'cd'.index(mark[0])}", mark, {}, {}))
    last.log_front([1], {}, ["final training of trial 1 d4"])
    last.close("FINISHED")
    assert read() == {
        "trial 0": ("no", "no"),
        "trial 1": ("yes", "no"),
        "supernet": (None, None),
        "final training of trial 0": (None, "no"),
        "final training of trial 1": (None, "yes"),
    }
    back = start()
    back.log_front([1], {}, ["final training of trial 0 c3"])
    back.close("FINISHED")
    assert read()["final training of trial 0"] == (None, "yes")
    assert read()["final training of trial 1"] == (None, "no")
