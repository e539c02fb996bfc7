from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from search.tracking.mlflow import Mlflow
from search.tracking.tracker import Training
from tests.search.tracking.mlflow_runs import EXPERIMENT, find_parent, list_children, wait_until
from tests.search.trials import complete, failed

mlflow = pytest.importorskip("mlflow")

# One store for the module, for a new one takes seconds; every test has a search of its own in it.
WORKFLOW = "?workflowType=machine_learning"
CONFIG = {"trials": 3, "space": {"_target_": "spaces.fusion.Fusion", "odd name!": "x" * 7000}, "limits": {}}


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("runs")


@pytest.fixture
def client(runs: Path) -> Any:
    return mlflow.MlflowClient(f"sqlite:///{runs / 'mlflow.db'}")


@pytest.fixture
def track(runs: Path) -> Callable[..., Any]:
    """Opens a tracker for a search that is named by its id."""

    def start(search_id: str, **params: Any) -> Any:
        tracker = Mlflow(experiment=EXPERIMENT).tracker(runs)
        tracker.open("a search", search_id, {**CONFIG, **params}, "python -m search.run space=fusion")
        return tracker

    return start


def _history(client: Any, run: Any, name: str) -> list[tuple[int, float]]:
    return [(point.step, point.value) for point in client.get_metric_history(run.info.run_id, name)]


def test_a_search_is_a_parent_run_with_a_child_for_each_trial(
    track: Callable[..., Any], client: Any, runs: Path, tmp_path: Path
) -> None:
    for name in ("front.csv", "front/0-abc/pattern.svg"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    tracker = track("whole")
    tracker.log(complete(0, 1.5, 12_000_000))
    tracker.log_hypervolume(1, 2.5e8)
    tracker.log(failed(1, "lost worker"))
    tracker.log_hypervolume(2, 2.5e8)
    tracker.log_front([0], {0: "fused"})
    files = [tmp_path / "front.csv", tmp_path / "front/0-abc/pattern.svg", tmp_path / "missing.png"]
    tracker.close("FINISHED", files, {"front size": 1, "undefined": math.nan}, note="| a | front |")

    parent = find_parent(client, "whole")
    where, query = f"http://127.0.0.1:5000/#/experiments/{parent.info.experiment_id}/runs", WORKFLOW
    key = f"search-{parent.info.run_id}"
    assert f"mlflow.sharedViewState.{key}" in client.get_experiment(parent.info.experiment_id).tags
    assert tracker.view_links() == (f"{where}{query}&viewStateShareKey={key}", f"{where}/{parent.info.run_id}{query}")
    assert parent.info.status == "FINISHED"
    assert parent.info.run_name == "a search"
    assert parent.data.params["trials"] == "3"
    assert parent.data.params["space._target_"] == "spaces.fusion.Fusion"
    assert parent.data.params["space.odd name_"] == "x" * 6000
    assert parent.data.tags["resume_command"] == "python -m search.run space=fusion"
    assert parent.data.tags["mlflow.note.content"] == "| a | front |"
    assert _history(client, parent, "hypervolume") == [(1, 2.5e8), (2, 2.5e8)]
    assert _history(client, parent, "trials.complete") == [(1, 1.0), (2, 1.0)]
    assert _history(client, parent, "trials.failed") == [(1, 0.0), (2, 1.0)]
    assert parent.data.metrics["front size"] == 1
    assert "undefined" not in parent.data.metrics
    assert parent.info.artifact_uri.startswith((runs / "mlartifacts").as_uri())
    kept = Path(parent.info.artifact_uri.removeprefix("file://"))
    assert sorted(str(p.relative_to(kept)) for p in kept.rglob("*") if p.is_file()) == [
        "front after 2 trials/0-abc/pattern.svg",
        "front.csv",
    ]

    good, bad = list_children(client, parent)
    trial = complete(0, 1.5, 12_000_000)
    assert good.info.status == "FINISHED"
    assert bad.info.status == "FAILED"
    assert bad.data.tags["reason"] == "lost worker"
    assert good.data.tags["key"] == trial.key
    assert "search.key" not in good.data.tags  # of earlier versions, the same once more
    for name in ("mlflow.user", "mlflow.source.name", "mlflow.source.type"):
        assert good.data.tags.get(name) == bad.data.tags.get(name) == parent.data.tags.get(name)
    assert (good.data.tags["status"], bad.data.tags["status"]) == ("complete", "failed")
    assert (good.data.tags["space"], good.data.tags["on_front"], good.data.tags["mark"]) == ("Fusion", "yes", "fused")
    assert bad.data.tags["on_front"] == "no"
    assert good.data.params["parent.depth"] == "segmentation"
    assert good.data.metrics["flops"] == 24_000_000
    assert good.data.metrics["delta_mtl"] == 1.5
    assert good.data.metrics["depth.abs_err_m"] == trial.metrics["depth.abs_err_m"]
    assert good.info.end_time == int(1000 * trial.ended)
    assert good.info.start_time == good.info.end_time - 12_500
    curve = _history(client, good, "epoch/depth.abs_err_m")
    assert curve == list(enumerate(trial.curves["depth.abs_err_m"], start=1))
    moments = [p.timestamp for p in client.get_metric_history(good.info.run_id, "epoch/loss")]
    assert moments == sorted(set(moments))
    assert moments[-1] == good.info.end_time
    assert not list(tmp_path.glob("mlruns*"))  # the working folder


def test_a_command_that_adds_to_a_run_leaves_the_one_that_goes_on_with_it(
    track: Callable[..., Any], client: Any, runs: Path
) -> None:
    track("added to").close("FINISHED")
    again = Mlflow(experiment=EXPERIMENT).tracker(runs)
    again.open("a search", "added to", CONFIG, "")
    again.log_training(
        Training("confirmation, trial 3, seed 500", "abc", {"seed": "500"}, {"test/depth.abs_err_m": 0.5})
    )
    again.close("FINISHED", [], {"confirmed.curse": 1.5})
    parent = find_parent(client, "added to")
    assert parent.data.tags["resume_command"] == "python -m search.run space=fusion"
    assert parent.data.metrics["confirmed.curse"] == 1.5
    (child,) = client.search_runs([parent.info.experiment_id], f"tags.`mlflow.parentRunId` = '{parent.info.run_id}'")
    assert child.info.run_name == "confirmation, trial 3, seed 500"
    assert child.data.metrics["test/depth.abs_err_m"] == 0.5


def test_a_search_that_died_is_taken_up_and_nothing_is_counted_twice(track: Callable[..., Any], client: Any) -> None:
    first = track("dies")
    first.log(complete(0, 1.0, 10))
    first.log_hypervolume(1, 5.0)
    first.close("RUNNING")  # a driver that is killed leaves its parent running ...
    parent = find_parent(client, "dies")
    unfinished = client.create_run(  # ... and may leave a child half written
        parent.info.experiment_id,
        tags={"mlflow.parentRunId": parent.info.run_id, "search.trial": "1"},
    )
    assert unfinished.info.status == "RUNNING"

    second = track("dies", trials=4)
    for number in range(4):  # the driver logs all it knows, then goes on
        second.log(complete(number, 1.0, 10))
        second.log_hypervolume(number + 1, 5.0 + number)
    second.log(complete(2, 1.0, 10))
    second.close("KILLED", metrics={"front size": 2})

    again = find_parent(client, "dies")
    assert again.info.run_id == parent.info.run_id
    assert again.info.status == "KILLED"
    assert again.data.params["trials"] == "3"
    assert again.data.tags["resumed.trials"] == "4"
    assert "resumed.space._target_" not in again.data.tags
    children = list_children(client, again)
    assert [run.data.tags["search.trial"] for run in children] == ["0", "1", "2", "3"]
    assert {run.info.status for run in children} == {"FINISHED"}
    assert unfinished.info.run_id not in {run.info.run_id for run in children}
    assert _history(client, again, "hypervolume") == [(1, 5.0), (2, 6.0), (3, 7.0), (4, 8.0)]
    counts = _history(client, again, "trials.complete")  # at whatever moments they were written, each once
    assert counts[0] == (1, 1.0) and counts[-1] == (4, 4.0) and len(set(counts)) == len(counts)


def test_a_training_that_is_no_trial_is_a_child_of_its_own_name_once(track: Callable[..., Any], client: Any) -> None:
    curves, numbers = {"loss": [3.0, 2.0]}, {"macs": 12.0, "undefined": math.nan}
    supernet = Training("supernet", "a1b2", {"fingerprint": "a1b2"}, numbers, curves, 10.0, 1_700_000_000.0)
    first = track("beside")
    first.log_training(supernet)
    first.close("RUNNING")
    parent = find_parent(client, "beside")
    tags = {"mlflow.parentRunId": parent.info.run_id, "search.training": "final training of trial 0 c3"}
    unfinished = client.create_run(parent.info.experiment_id, tags=tags)

    second = track("beside")
    for told in (supernet, Training("final training of trial 0", "c3", {}, {"delta_mtl": 4.5}, reason="lost")):
        second.log_training(told)
    second.close("FINISHED")
    found = client.search_runs([parent.info.experiment_id], f"tags.`mlflow.parentRunId` = '{parent.info.run_id}'")
    one, final = sorted(found, key=lambda run: run.info.run_name, reverse=True)
    assert (one.info.run_name, one.info.status, one.data.params) == ("supernet", "FINISHED", {"fingerprint": "a1b2"})
    assert one.data.metrics == {"macs": 12.0, "epoch/loss": 2.0}
    assert one.info.end_time - one.info.start_time == 10_000
    assert _history(client, one, "epoch/loss") == [(1, 3.0), (2, 2.0)]
    assert (final.info.run_name, final.info.status) == ("final training of trial 0", "FAILED")
    assert (final.data.tags["reason"], final.data.metrics) == ("lost", {"delta_mtl": 4.5})
    assert final.info.run_id != unfinished.info.run_id


def test_children_of_an_earlier_version_get_what_they_lack_and_nothing_is_changed(
    track: Callable[..., Any], client: Any
) -> None:
    track("earlier").close("FINISHED")
    parent = find_parent(client, "earlier")
    trial = complete(0, 1.0, 10)
    fresh = Training("confirmation, trial 0, seed 500", "f1", {"sharing/depth.depth": "0"}, {}, tags={"seed": "500"})
    names = {"search.trial": "0", "key": trial.key, "status": "edited"}, {"search.training": f"{fresh.name} f1"}
    for tags, params in zip(names, ({"depth.depth": "0"}, {"seed": "500"}), strict=True):
        tags = {"mlflow.parentRunId": parent.info.run_id, **tags}
        child = client.create_run(parent.info.experiment_id, tags=tags)
        for name, value in params.items():
            client.log_param(child.info.run_id, name, value)
        client.set_terminated(child.info.run_id, "FINISHED")
    for _ in range(2):
        again = track("earlier")
        again.log(replace(trial, choices={"sharing/depth.depth": 0}))
        again.log_training(fresh)
        again.close("FINISHED")
    wanted = f"tags.`mlflow.parentRunId` = '{parent.info.run_id}'"
    found = client.search_runs([parent.info.experiment_id], wanted)
    by_kind = {run.data.tags["kind"]: run.data for run in found}
    assert len(found) == 2
    assert by_kind["trial"].params == {"depth.depth": "0", "sharing/depth.depth": "0"}
    assert (by_kind["trial"].tags["status"], by_kind["trial"].tags["space"]) == ("edited", "Fusion")
    assert by_kind["confirmation"].params == {"seed": "500", "sharing/depth.depth": "0"}
    assert by_kind["confirmation"].tags.items() >= {"seed": "500", "status": "complete", "space": "Fusion"}.items()
    (shown,) = client.search_runs([parent.info.experiment_id], f"{wanted} AND tags.`kind` != 'confirmation'")
    assert shown.data.tags["search.trial"] == "0"


def test_a_parent_is_running_while_the_search_runs(track: Callable[..., Any], client: Any) -> None:
    for _ in range(2):  # new, then resumed
        tracker = track("alive")
        tracker.log(complete(0, 1.0, 10))
        wait_until(lambda: list_children(client, find_parent(client, "alive")))
        wait_until(lambda: find_parent(client, "alive").info.status == "RUNNING")
        tracker.close("FINISHED")
        assert find_parent(client, "alive").info.status == "FINISHED"


def test_values_that_are_not_finite_are_left_out_and_long_curves_are_whole(
    track: Callable[..., Any], client: Any
) -> None:
    long = [float(epoch) for epoch in range(1500)]
    curves = {"loss": [1.0, math.nan, math.inf, 0.5], "segmentation.miou": long}
    tracker = track("odd curves")
    tracker.log(complete(0, math.nan, 10, curves=curves))
    tracker.log_hypervolume(1, math.nan)
    tracker.close("FINISHED")
    parent = find_parent(client, "odd curves")
    (child,) = list_children(client, parent)
    assert _history(client, child, "epoch/loss") == [(1, 1.0), (4, 0.5)]
    assert [value for _, value in _history(client, child, "epoch/segmentation.miou")] == long
    assert "delta_mtl" not in child.data.metrics
    assert "hypervolume" not in parent.data.metrics
