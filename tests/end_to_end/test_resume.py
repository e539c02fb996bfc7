"""Killed at any moment, a search that is started again ends as if nothing had happened."""

from __future__ import annotations

import signal
import subprocess
import time
from contextlib import chdir
from pathlib import Path

import pytest
from mlflow import MlflowClient
from optuna.trial import TrialState

from search.report.terminal.progress import Progress
from search.run import main as search
from spaces.common.interpreter import spell_python
from tests.end_to_end.searches import finish, kill_when, left_running, rows_of, start, states_in, trials_in
from tests.tiny import arguments, write_tiny


@pytest.mark.slow
def test_told_to_stop_and_killed_under_ray_a_search_loses_and_repeats_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Begun under Ray twice, and brought to its end in this process; SIGTERM under Ray: `test_slurm`."""
    inline = arguments(write_tiny(tmp_path / "data"), "run.name=r", "tracking=mlflow", "trainer.epochs=20")
    inline.remove("tracking=none")
    given = [*(word for word in inline if word != "runner=inline"), "trials=30", "runner.concurrency=1"]
    run, log = tmp_path / "runs" / "r", tmp_path / "log.txt"

    # Seconds between the looks of Ray's agents at whether their node is still there; five make them go.
    for name in ("RAY_RUNTIME_ENV_AGENT_CHECK_PARENT_INTERVAL_S", "RAY_DASHBOARD_AGENT_CHECK_PARENT_INTERVAL_S"):
        monkeypatch.setenv(name, "1")
    driver = start(given, tmp_path)
    wait_for_more(driver, run, 0)
    assert len(left_running(tmp_path, seconds=0)) > 1  # the driver and its Ray
    driver.send_signal(signal.SIGSTOP)  # or it might have ended by then
    refuse_second(given, driver, tmp_path, capsys)
    driver.kill()
    driver.wait(timeout=20)
    killed = trials_in(run)

    driver = start(given, tmp_path)  # beside workers that may have outlived the first
    wait_for_more(driver, run, len(killed))
    driver.send_signal(signal.SIGINT)
    assert driver.wait(timeout=60) == 130, log.read_text()
    told = f"Interrupted. Nothing finished is lost; go on with:\n  {spell_python()} -m search.run"
    assert log.read_text().count(told) == 1
    assert (run / "front.csv").exists()
    assert not left_running(tmp_path)
    before = trials_in(run)
    assert len(killed) < len(before) < 30
    assert {number: before[number] for number in killed} == killed  # same values, same time of ending
    assert "Traceback" not in log.read_text()
    baselines = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "runs" / "baselines").iterdir()}
    count = len(before) + 2
    printed = finish([*inline, f"trials={count}"], tmp_path)

    after = trials_in(run)
    assert sorted(after) == list(range(count))
    assert {number: after[number] for number in before} == before
    assert len({trial.key for trial in after.values()}) == count
    assert states_in(run) == [TrialState.COMPLETE] * count
    assert [row["number"] for row in rows_of(run / "trials.csv")] == [str(number) for number in range(count)]
    assert {row["key"] for row in rows_of(run / "front.csv")} <= {trial.key for trial in after.values()}
    assert {p.name: p.stat().st_mtime_ns for p in (tmp_path / "runs" / "baselines").iterdir()} == baselines
    assert not (run / ".ray").exists()
    assert "mlflow ui --backend-store-uri" in printed
    see_record(tmp_path / "runs", count)

    finish([*inline, f"trials={count}"], tmp_path)  # nothing left to do
    assert trials_in(run) == after
    # Also none of a worker that outlived its driver and ended after its trial had been told.
    assert not list((run / ".outcomes").iterdir())


def wait_for_more(driver: subprocess.Popen[str], run: Path, count: int, seconds: float = 120.0) -> None:
    """Until more than so many trials have ended."""
    end = time.monotonic() + seconds
    while not run.exists() or len(trials_in(run)) <= count:
        assert driver.poll() is None and time.monotonic() < end, (run.parent.parent / "log.txt").read_text()
        time.sleep(0.05)


def refuse_second(
    given: list[str], first: subprocess.Popen[str], folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """While a search is there, the same command is refused."""
    with chdir(folder):
        assert search(given) == 2
    told = capsys.readouterr().err
    assert f"is in use by process {first.pid} on host" in told
    assert "run.name=NAME" in told
    assert "Traceback" not in told


def see_record(runs: Path, count: int) -> None:
    """MLflow's record is as if the search had run once and undisturbed."""
    client = MlflowClient(f"sqlite:///{runs / 'mlflow.db'}")
    (experiment,) = (e for e in client.search_experiments() if e.name != "Default")
    found = client.search_runs([experiment.experiment_id], max_results=100)
    parents = [r for r in found if "mlflow.parentRunId" not in r.data.tags]
    children = [r for r in found if "mlflow.parentRunId" in r.data.tags]
    assert [parent.info.status for parent in parents] == ["FINISHED"]
    assert {child.data.tags["mlflow.parentRunId"] for child in children} == {parents[0].info.run_id}
    assert sorted(int(child.data.tags["search.trial"]) for child in children) == list(range(count))
    assert {child.info.status for child in children} == {"FINISHED"}
    history = client.get_metric_history(parents[0].info.run_id, "hypervolume")
    assert sorted(point.step for point in history) == list(range(1, count + 1))
    for child in children:
        curve = client.get_metric_history(child.info.run_id, "epoch/loss")
        # in the order of their moments, of which those that were told while it went on are a little late
        assert sorted(point.step for point in curve) == list(range(1, 21))


@pytest.mark.slow
def test_a_search_with_pauses_that_was_killed_equals_an_undisturbed_one(tmp_path: Path) -> None:
    """Without pauses, and killed more than once: `test_faults`."""
    more = ("scheduler=pareto_asha", "scheduler.rung=1", "trainer.epochs=4")
    given = arguments(write_tiny(tmp_path / "data"), "trials=6", "sampler.startup=3", *more)
    finish([*given, "run.name=undisturbed", "run.folder=calm"], tmp_path)
    run = tmp_path / "runs" / "disturbed"
    kill_when(
        start([*given, "run.name=disturbed"], tmp_path),
        lambda: (run / "trials").is_dir() and len(trials_in(run)) >= 2,
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
