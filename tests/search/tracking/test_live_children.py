from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from search.jobs.heartbeat import Beat
from search.tracking.live_children import name_live
from search.tracking.mlflow_record import open_record
from tests.search.trials import complete

mlflow = pytest.importorskip("mlflow")


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("runs")


@pytest.fixture
def begin(runs: Path) -> Callable[[str], Any]:
    uri = f"sqlite:///{runs / 'mlflow.db'}"
    return lambda search_id: open_record(uri, "a test", runs, "a search", search_id, {}, "")


@pytest.fixture
def children(runs: Path) -> Callable[[str], list[Any]]:
    """The child runs of a search, those that go on too."""
    client = mlflow.MlflowClient(f"sqlite:///{runs / 'mlflow.db'}")

    def find(search_id: str) -> list[Any]:
        (experiment,) = client.search_experiments(filter_string="name = 'a test'")
        (parent,) = client.search_runs([experiment.experiment_id], f"tags.`search.id` = '{search_id}'")
        wanted = f"tags.`mlflow.parentRunId` = '{parent.info.run_id}'"
        return list(client.search_runs([experiment.experiment_id], wanted))

    return find


def test_a_child_is_there_from_the_start_and_each_point_is_recorded_once(
    begin: Callable[[str], Any], children: Callable[[str], list[Any]], runs: Path
) -> None:
    record, trial = begin("live"), complete(0, 1.0, 10)
    record.follow({"trial 0": Beat("trial 0", 2, begun=1e9, seed=7)})
    (child,) = children("live")
    assert child.info.start_time == 10**12
    assert (child.info.status, child.info.run_name, child.data.metrics) == ("RUNNING", "trial 0", {})
    assert (child.data.tags["status"], child.data.tags["seed"]) == ("running", "7")
    for _ in range(2):  # two looks at one epoch
        record.follow({"trial 0": Beat("trial 0", 2, 1, 3.0, {"loss": 7.0, "bad": float("nan")})})
    (child,) = children("live")
    assert child.data.metrics == {"epoch/loss": 7.0}
    record.log(trial)
    record.close("FINISHED", (), {}, "")
    (ended,) = children("live")
    assert (ended.info.run_id, ended.info.status, ended.data.tags["key"]) == (child.info.run_id, "FINISHED", trial.key)
    assert (ended.data.tags["status"], ended.data.tags["seed"]) == ("complete", str(trial.seed))
    client = mlflow.MlflowClient(f"sqlite:///{runs / 'mlflow.db'}")
    curve = [(point.step, point.value) for point in client.get_metric_history(ended.info.run_id, "epoch/loss")]
    assert sorted(curve) == [(1, 7.0), *list(enumerate(trial.curves["loss"], start=1))[1:]]


@pytest.mark.parametrize("end", ["in order", "by a kill"])
def test_nothing_is_left_running(end: str, begin: Callable[[str], Any], children: Callable[[str], list[Any]]) -> None:
    record = begin(end)
    record.follow({name: Beat(name, 2, 1, 3.0, {"loss": 7.0}) for name in ("trial 1", "supernet")})
    assert len(children(end)) == 2
    if end == "in order":
        record.close("KILLED", (), {}, "")
    else:
        record = begin(end)
    assert children(end) == []
    record.log(complete(1, 1.0, 10))
    assert [child.info.status for child in children(end)] == ["FINISHED"]


def test_a_trial_that_has_ended_is_not_begun_again(
    begin: Callable[[str], Any], children: Callable[[str], list[Any]]
) -> None:
    record = begin("late")
    record.log(complete(0, 1.0, 10))
    record.follow({"trial 0": Beat("trial 0", 2, 1, 3.0, {"loss": 7.0})})  # read before it ended
    assert [child.info.status for child in children("late")] == ["FINISHED"]


@pytest.mark.parametrize(
    ("label", "supernet", "name"),
    [
        ("trial 7", False, "trial 7"),
        ("final training of trial 3, on the supernet's weights", False, "final training of trial 3"),
        ("supernet of 53 epochs, seed 0", True, "supernet"),
        ("depth, seed 1", False, ""),
        ("trial 3 anew, seed 500", False, ""),
    ],
)
def test_what_a_child_is_called(label: str, supernet: bool, name: str) -> None:
    assert name_live(label, supernet=supernet) == name
