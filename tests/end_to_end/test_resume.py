"""Killed at any moment, a search that is started again ends as if nothing had happened."""

from __future__ import annotations

from pathlib import Path

import pytest
from mlflow import MlflowClient
from optuna.trial import TrialState

from search.report.terminal.progress import Progress
from search.run import main as search
from tests.end_to_end.searches import finish, kill_when, left_running, rows_of, start, states_in, trials_in
from tests.tiny import arguments, write_tiny


@pytest.mark.slow
def test_a_driver_killed_under_ray_loses_and_repeats_nothing(tmp_path: Path) -> None:
    tiny = arguments(write_tiny(tmp_path / "data"), "run.name=killed", "tracking=mlflow")
    inline = [argument for argument in tiny if argument != "tracking=none"]
    given = [argument for argument in inline if argument != "runner=inline"]
    run = tmp_path / "runs" / "killed"

    def well_under_way() -> bool:
        return len(trials_in(run)) >= 2 and len(left_running(tmp_path, seconds=0)) > 1  # the driver and its Ray

    kill_when(start([*given, "trials=6"], tmp_path), well_under_way)
    before = trials_in(run)
    baselines = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "runs" / "baselines").iterdir()}
    finish([*given, "trials=8"], tmp_path)

    after = trials_in(run)
    assert sorted(after) == list(range(8))
    assert {number: after[number] for number in before} == before  # same values, same time of ending
    assert len({trial.key for trial in after.values()}) == 8
    assert states_in(run) == [TrialState.COMPLETE] * 8
    assert [row["number"] for row in rows_of(run / "trials.csv")] == [str(number) for number in range(8)]
    assert {row["key"] for row in rows_of(run / "front.csv")} <= {trial.key for trial in after.values()}
    assert {p.name: p.stat().st_mtime_ns for p in (tmp_path / "runs" / "baselines").iterdir()} == baselines
    assert not (run / ".ray").exists()

    client = MlflowClient(f"sqlite:///{tmp_path / 'runs' / 'mlflow.db'}")
    (experiment,) = (e for e in client.search_experiments() if e.name != "Default")
    runs = client.search_runs([experiment.experiment_id], max_results=100)
    parents = [r for r in runs if "mlflow.parentRunId" not in r.data.tags]
    children = [r for r in runs if "mlflow.parentRunId" in r.data.tags]
    assert [parent.info.status for parent in parents] == ["FINISHED"]
    assert {child.data.tags["mlflow.parentRunId"] for child in children} == {parents[0].info.run_id}
    assert sorted(int(child.data.tags["search.trial"]) for child in children) == list(range(8))
    assert {child.info.status for child in children} == {"FINISHED"}
    history = client.get_metric_history(parents[0].info.run_id, "hypervolume")
    assert sorted(point.step for point in history) == list(range(1, 9))
    for child in children:
        curve = client.get_metric_history(child.info.run_id, "epoch/loss")
        assert [point.step for point in curve] == [1]

    assert not left_running(tmp_path)
    printed = finish([*inline, "trials=8"], tmp_path)  # nothing left to do
    assert "mlflow ui --backend-store-uri" in printed
    assert trials_in(run) == after
    # Also none of a worker that outlived its driver and ended after its trial had been told.
    assert not list((run / ".outcomes").iterdir())


@pytest.mark.slow
def test_a_search_with_pauses_killed_again_and_again_equals_an_undisturbed_one(tmp_path: Path) -> None:
    """Without pauses: `test_faults`."""
    more = ("scheduler=pareto_asha", "scheduler.rung=1", "trainer.epochs=4")
    given = arguments(write_tiny(tmp_path / "data"), "trials=6", "sampler.startup=3", *more)
    finish([*given, "run.name=undisturbed", "run.folder=calm"], tmp_path)
    run = tmp_path / "runs" / "disturbed"
    for enough in (0, 2):
        kill_when(
            start([*given, "run.name=disturbed"], tmp_path),
            lambda enough=enough: (run / "trials").is_dir() and len(trials_in(run)) >= enough,
        )
    finish([*given, "run.name=disturbed"], tmp_path)

    calm, disturbed = trials_in(tmp_path / "calm" / "undisturbed"), trials_in(run)
    assert {n: (t.key, t.status, t.choices, t.metrics, t.curves, t.rungs) for n, t in disturbed.items()} == {
        n: (t.key, t.status, t.choices, t.metrics, t.curves, t.rungs) for n, t in calm.items()
    }
    assert (run / "front.csv").read_text() == (tmp_path / "calm" / "undisturbed" / "front.csv").read_text()


def test_what_is_there_is_counted_from_the_first_moment_that_counts_are_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = arguments(write_tiny(tmp_path / "data"), f"run.folder={tmp_path / 'runs'}", "run.name=r")
    shown: list[list[str]] = []
    show = Progress.__enter__

    def watch(self: Progress) -> Progress:
        shown.append(self.list_counts())
        return show(self)

    monkeypatch.setattr(Progress, "__enter__", watch)
    assert search([*given, "trials=2"]) == 0
    assert search([*given, "trials=3"]) == 0
    assert shown[0] == ["0 of 3 baselines", "0 of 2 trials"]
    assert shown[1][0] == "2 of 3 trials"
