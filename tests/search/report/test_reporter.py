from __future__ import annotations

import io
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from search.confirming.confirmation import save_confirmation
from search.jobs.job import Outcome
from search.jobs.trial import Trial
from search.problem.objectives import resolve_objectives
from search.report import live_front
from search.report.reporter import Reporter
from search.report.search_cost import CostRates
from search.report.terminal.progress import Progress
from search.standing.started import Started
from search.tracking.tracker import Training
from tests.search.confirming.made import make_confirmation, make_member
from tests.search.jobs.tiny_job import make_job
from tests.search.study.fronts.test_final_files import make
from tests.search.trials import NAMES, TASKS, complete, failed

CHOSEN = resolve_objectives(["delta_mtl", "macs"], TASKS)
TRIALS = [complete(0, 0.0, 10), failed(1), complete(2, -10.0, 15), complete(3, -10.0, 5)]
VOLUMES = [20.0 * 10, 20.0 * 10, 20.0 * 10, 20.0 * 10 + 10.0 * 5]  # to the reference point, -20 % and 20 MACs


class Record:
    """A tracker that remembers."""

    def __init__(self) -> None:
        self.said: list[tuple[Any, ...]] = []
        self.fronts: list[tuple[int, ...]] = []
        self.delivered: Sequence[str] | None = None
        self.confirmed: dict[int, Mapping[str, float]] = {}
        self.files: list[str] = []
        self.lacking = ""
        self.ends: list[tuple[str, list[str], Mapping[str, float], str]] = []

    def open(self, *given: Any) -> None:
        self.said.append(("open", *given))

    def watch(self, running: Mapping[str, Path]) -> None:
        self.said.append(("running", *running))

    def log(self, trial: Trial) -> None:
        self.said.append(("trial", trial.number))

    def log_training(self, training: Training) -> None:
        self.said.append(("training", training))

    def log_hypervolume(self, step: int, value: float) -> None:
        self.said.append(("volume", step, value))

    def log_exports(self, run: Path) -> None:
        """No model is told of."""

    def log_front(
        self, members: Sequence[int], marks: Mapping[int, str], delivered: Sequence[str] | None = None
    ) -> None:
        self.fronts.append(tuple(members))
        self.delivered = delivered

    def log_confirmed(self, means: Mapping[int, Mapping[str, float]]) -> None:
        self.confirmed = {**means}

    def log_files(self, files: Sequence[Path]) -> None:
        self.files += [path.name for path in files]

    def close(
        self,
        status: str,
        artifacts: Sequence[Path] = (),
        metrics: Mapping[str, float] | None = None,
        note: str = "",
    ) -> str:
        self.ends.append((status, [path.name for path in artifacts], metrics or {}, note))
        return self.lacking

    def view_command(self) -> str:
        return "show it"

    def view_links(self) -> tuple[str, ...]:
        return ("all of them", "this one")


def _start(folder: Path) -> tuple[Reporter, Record, io.StringIO]:
    shown, record = io.StringIO(), Record()
    progress = Progress(Started(trainings={"trial": 9}), Console(file=shown, width=200), objectives=CHOSEN)
    rates = CostRates(dict.fromkeys(NAMES, 10), 8)
    return Reporter(folder, CHOSEN, (-20.0, 20.0), TASKS, progress, record, dict, rates, planned=9), record, shown


def test_every_trial_goes_to_the_terminal_the_tables_and_the_tracker(tmp_path: Path) -> None:
    reporter, record, shown = _start(tmp_path)
    reporter.resumed([], [])
    for count, trial in enumerate(TRIALS, start=1):
        reporter.trial(trial)
        assert shown.getvalue().count("\n") == count
        assert len((tmp_path / "trials.csv").read_text().splitlines()) == 1 + count
    assert [said[:2] for said in record.said] == [
        (kind, n + (kind == "volume")) for n in range(4) for kind in ("trial", "volume")
    ]
    assert [said[2] for said in record.said if said[0] == "volume"] == pytest.approx(VOLUMES)


def test_a_search_that_goes_on_tells_the_tracker_all_that_earlier_starts_found(tmp_path: Path) -> None:
    reporter, record, shown = _start(tmp_path)
    reporter.resumed(TRIALS[:3], [])
    assert shown.getvalue() == ""  # the search's first words tell it, and commands that add to a run have their own
    reporter.trial(TRIALS[3])
    assert [said[1] for said in record.said if said[0] == "trial"] == [0, 1, 2, 3]
    assert [said[1:] for said in record.said if said[0] == "volume"] == [
        (step, pytest.approx(volume)) for step, volume in enumerate(VOLUMES, start=1)
    ]


def test_a_front_that_changes_when_the_page_was_just_written_is_shown_while_the_search_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_front, "START", 0.0)
    monkeypatch.setattr(live_front, "FIRST", 60.0)
    now = [1000.0]
    monkeypatch.setattr(live_front, "time", SimpleNamespace(monotonic=lambda: now[0], strftime=time.strftime))
    reporter, record, _ = _start(tmp_path)
    reporter.resumed([], [])
    for trial in (TRIALS[0], TRIALS[3]):
        reporter.trial(trial)
    page = tmp_path / "front.html"
    reporter.waiting()
    assert "1 of 9 trials, refreshed" in page.read_text(encoding="utf-8")
    now[0] += 61
    reporter.waiting()
    assert "2 of 9 trials, refreshed" in page.read_text(encoding="utf-8")
    assert record.files == ["front.png", "front.html"] * 2
    assert [sorted(front) for front in record.fronts] == [[0], [0, 3]]
    page.unlink()
    now[0] += 3600
    reporter.waiting()  # the same front
    assert not page.exists()


def test_the_end_is_a_report_and_a_closed_record(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").touch()
    reporter, record, shown = _start(tmp_path)
    reporter.resumed(TRIALS, [])
    assert reporter.report("FINISHED", {}) == ""
    ((status, files, metrics, note),) = record.ends
    assert status == "FINISHED"
    assert files[:6] == ["config.yaml", "trials.csv", "front.csv", "front.png", "front.html", "receipt.json"]
    assert files.count("pattern.svg") == 2
    assert metrics["front.size"] == 2
    assert sorted(record.fronts[-1]) == [0, 3]
    assert sorted(record.delivered or ()) == ["trial 0", "trial 3"]
    assert "receipt/cost.trainings" in metrics
    assert metrics["hypervolume.final"] == pytest.approx(VOLUMES[-1])
    assert "| 3 |" in note
    assert all(path.exists() for path in (tmp_path / "front.png", tmp_path / "receipt.json", tmp_path / "front"))
    assert "MLflow      show it\n            all of them\n            this one\n" in shown.getvalue()


def test_the_front_is_told_of_trials_and_final_trainings_as_delivered(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").touch()
    reporter, record, _ = _start(tmp_path)
    reporter.resumed(TRIALS, [])
    reporter.final(make(tmp_path, 3, 2.0, 8, ended=5.0))
    reporter.report("FINISHED", {})
    assert sorted(record.fronts[-1]) == [0, 3]
    assert record.delivered == [f"final training of trial 3 {complete(3, 2.0, 13).key} 5"]


def test_the_page_of_a_stopped_search_says_how_far_it_came_until_it_has_ended_well(tmp_path: Path) -> None:
    page, words = tmp_path / "front.html", "4 of 9 trials, stopped"
    for status, ended, told in (("KILLED", False, True), ("FINISHED", False, True), ("FINISHED", True, False)):
        if ended:
            (tmp_path / "baselines.csv").touch()
        reporter, _, _ = _start(tmp_path)
        reporter.resumed(TRIALS, [])
        reporter.report(status, {})  # the second of a command that adds to a run
        assert (words in page.read_text(encoding="utf-8")) is told
        assert '"running":false' in page.read_text(encoding="utf-8")


def test_a_search_that_was_stopped_tells_what_its_deltas_are_against(tmp_path: Path) -> None:
    reporter, _, shown = _start(tmp_path)
    reporter.resumed(TRIALS, [])
    job = replace(make_job(tmp_path), pattern=TRIALS[0].pattern)
    reporter.report("KILLED", {job: Outcome({"depth.abs_err_m": 0.5}, epochs=1)})
    assert "Deltas are against single-task networks of 1 epoch" in " ".join(shown.getvalue().split())


def test_a_record_that_lacks_something_is_told_in_the_place_of_the_way_to_it(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").touch()
    reporter, record, shown = _start(tmp_path)
    reporter.resumed(TRIALS, [])
    record.lacking = "no room"
    assert reporter.report("FINISHED", {}) == "no room"
    assert shown.getvalue().endswith("MLflow      lacks a part of this run; why is told above\n")


def test_before_the_folders_trials_are_known_nothing_is_written(tmp_path: Path) -> None:
    reporter, record, _ = _start(tmp_path)
    reporter.report("KILLED", {})
    assert record.ends == [("KILLED", [], {}, "")]
    assert list(tmp_path.iterdir()) == []


def test_the_record_has_the_best_guesses_that_the_terminal_shows(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").touch()
    reporter, record, shown = _start(tmp_path)
    reporter.resumed([complete(n, (-1) ** n * 5.0 - n, 18 - n) for n in range(12)], [])
    reporter.report("FINISHED", {})
    assert "best guess" in shown.getvalue()
    assert "| delta_mtl, best guess |" in record.ends[0][3]


def test_the_record_has_what_is_confirmed_in_its_table_and_of_its_trials(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").touch()
    reporter, record, _ = _start(tmp_path)
    reporter.resumed(TRIALS, [])
    save_confirmation(tmp_path, make_confirmation(make_member(3, 0.0, 5.0, -10.0)))
    reporter.report("FINISHED", {})
    assert record.confirmed.keys() == {3}
    assert record.confirmed[3].keys() == {"delta_mtl.confirmed"}
    assert "| delta_mtl, confirmed (95 %) |" in record.ends[0][3]
