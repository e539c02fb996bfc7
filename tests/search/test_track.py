"""A run recorded from its folder, on a real search without a store."""

from __future__ import annotations

import json
import shlex
import shutil
from pathlib import Path

import pytest

from search.jobs.job import Job, Outcome
from search.jobs.worker import run_job
from search.load import load
from search.report.page import examples
from search.report.page.examples import draw_examples
from search.run import main as search
from search.standing.started import FILE
from search.track import _count
from search.track import main as track
from spaces.common.interpreter import spell_python
from tests.tiny import arguments, write_tiny


@pytest.fixture(scope="module")
def searched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    write_tiny(home / "data")
    assert search(_given(home / "runs" / "r")) == 0
    return home / "runs" / "r"


def _given(run: Path) -> list[str]:
    """The command of its search."""
    return arguments(run.parents[1] / "data", f"run.folder={run.parent}", f"run.name={run.name}", "trials=2")


def test_the_same_run_twice_gives_one_record(
    searched: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from mlflow import MlflowClient

    store = f"sqlite:///{tmp_path / 'store.db'}"
    ends = set()
    for _ in range(2):
        assert track([str(searched), "--uri", store, "--experiment", "mine"]) == 0
        (ended,) = MlflowClient(tracking_uri=store).search_runs(["1"], "tags.`search.id` != ''")
        ends.add(ended.info.end_time)
        told = capsys.readouterr().out
        assert told.endswith(f"\nRecorded in {store}: 2 trials.\n")
        assert "earlier starts" not in told
    assert len(ends) == 1  # nothing was added, so it has not lasted until now
    client = MlflowClient(tracking_uri=store)
    experiment = client.get_experiment_by_name("mine")
    runs = client.search_runs([experiment.experiment_id])
    (parent,) = [run for run in runs if "search.id" in run.data.tags]
    children = [run for run in runs if "search.trial" in run.data.tags]
    assert len(children) == len(load(searched).trials)
    assert {run.data.tags["status"] for run in children} == {"complete"}
    on_front = {int(run.data.tags["search.trial"]) for run in children if run.data.tags["on_front"] == "yes"}
    assert on_front == {int(number) for number in load(searched).front.index}
    assert f"mlflow.sharedViewState.search-{parent.info.run_id}" in experiment.tags
    assert parent.inputs.dataset_inputs
    assert parent.info.status == "FINISHED"
    assert parent.data.tags["resume_command"] == f"{spell_python()} -m search.run {shlex.join(_given(searched))}"


def test_single_task_networks_that_ended_as_their_search_was_told_to_stop_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once it stops, and where it is recorded later."""
    write_tiny(tmp_path / "data")
    run, jobs = tmp_path / "runs" / "r", []

    def stop(job: Job) -> Outcome:
        jobs.append(job)
        outcome = run_job(job)
        if len(jobs) == 2:
            raise KeyboardInterrupt
        return outcome

    monkeypatch.setattr("search.runners.inline.run_job", stop)
    assert search(_given(run)) == 130
    assert json.loads((run / "receipt.json").read_text())["trained"]["trainings"] == 2
    assert track([str(run), "--uri", f"sqlite:///{tmp_path / 'store.db'}"]) == 0
    assert json.loads((run / "receipt.json").read_text())["trained"]["trainings"] == 2


def test_a_run_recorded_later_has_its_own_times_and_code(searched: Path, tmp_path: Path) -> None:
    from mlflow import MlflowClient

    run = Path(shutil.copytree(searched, tmp_path / "runs" / "r"))
    started = json.loads((run / FILE).read_text(encoding="utf-8"))
    (run / FILE).write_text(json.dumps({**started, "commits": ["0a", "1b+"]}), encoding="utf-8")
    store = f"sqlite:///{tmp_path / 'store.db'}"
    assert track([str(run), "--uri", store, "--experiment", "mine"]) == 0
    client = MlflowClient(tracking_uri=store)
    runs = client.search_runs([client.get_experiment_by_name("mine").experiment_id])
    (parent,) = [each for each in runs if "search.id" in each.data.tags]
    children = [each for each in runs if "search.trial" in each.data.tags]
    assert parent.data.tags["mlflow.source.git.commit"] == "1b"
    assert "mlflow.user" not in parent.data.tags
    assert parent.info.start_time == 1000 * load(run).config["begun"]
    assert parent.info.start_time <= min(each.info.start_time for each in children)
    assert parent.info.end_time == max(each.info.end_time for each in children)
    assert not [name for name in parent.data.metrics if name.startswith("system/")]  # of the machine that records


def test_a_run_that_was_stopped_is_recorded_as_stopped(searched: Path, tmp_path: Path) -> None:
    from mlflow import MlflowClient

    stopped = Path(shutil.copytree(searched, tmp_path / "runs" / "r"))
    (stopped / "baselines.csv").unlink()  # written at a good end alone
    store = f"sqlite:///{tmp_path / 'store.db'}"
    assert track([str(stopped), "--uri", store]) == 0
    client = MlflowClient(tracking_uri=store)
    experiment = client.get_experiment_by_name("automl-mtl-sharing")
    (parent,) = client.search_runs([experiment.experiment_id], "tags.`search.id` LIKE '%'")
    assert parent.info.status == "KILLED"


def test_a_store_that_cannot_be_written_is_no_success(
    searched: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    assert track([str(searched), "--uri", f"sqlite:///{tmp_path / 'file' / 'store.db'}"]) == 1
    assert "\nMLflow      lacks a part of this run; why is told above" in capsys.readouterr().out


def test_a_store_in_a_folder_that_is_not_there_is_one_message(
    searched: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert track([str(searched), "--uri", f"sqlite:///{tmp_path / 'mistyped' / 'store.db'}"]) == 2
    assert f"the folder {tmp_path / 'mistyped'} does not exist; make it" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("uri", ["ftp://x", "postgresql://me:secret@host/db"])
def test_an_address_that_is_refused_is_named_by_its_option(
    searched: Path, uri: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert track([str(searched), "--uri", uri]) == 2
    told = capsys.readouterr().err
    assert "--uri=" in told
    assert "tracking.uri" not in told


def test_members_have_their_predictions_beside_labels(searched: Path) -> None:
    number = int(load(searched).front.index[0])
    (folder,) = (searched / "front").glob(f"{number}-*")
    assert (folder / "predictions.png").read_bytes().startswith(b"\x89PNG")
    text = (searched / "front.html").read_text(encoding="utf-8")
    assert f'"pictures":{{"{number}":"data:image/png;base64,' in text
    assert "depth, predicted" in text


def test_what_is_not_delivered_is_drawn_too_as_long_as_there_is_room(
    searched: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy, run = Path(shutil.copytree(searched, tmp_path / "r")), load(searched)
    kept = [trial for trial in map(run.trained, run.kept) if trial.complete]
    delivered, others = kept[:1], kept[1:]
    assert others
    for folder in (copy / "front").iterdir():
        if not folder.name.startswith(f"{delivered[0].number}-"):
            shutil.rmtree(folder)
    drawn = draw_examples(copy, kept)
    assert set(drawn.pictures) == {trial.number for trial in kept}
    assert not drawn.full
    assert len([*(copy / "front").iterdir()]) <= 1  # that of what is delivered
    monkeypatch.setattr(examples, "MOST", 1 + len(drawn.pictures[kept[0].number]))
    few = draw_examples(copy, kept)
    assert (set(few.pictures), few.full) == ({kept[0].number}, True)


def test_what_there_is_none_of_is_not_counted() -> None:
    assert _count({"trial": 8, "final training": 0, "confirmation": 1}) == "8 trials, 1 confirmation"
    assert _count({"trial": 0}) == "no trial"


def test_what_is_no_run_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert track([str(tmp_path)]) == 2
    assert str(tmp_path) in capsys.readouterr().err
