from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from search.jobs.job import Outcome
from search.report.recorder import Recorder
from search.study.fronts.final_files import Final
from tests.search.jobs.tiny_job import make_job
from tests.search.trials import complete


def test_all_trainings_of_a_pattern_have_the_decisions_that_people_are_shown_and_its_mark(tmp_path: Path) -> None:
    told: list[Any] = []
    tracker: Any = SimpleNamespace(log=told.append, log_training=told.append)
    trial = complete(3, 1.5, 12)
    shown = {"sharing/depth.depth": 3}
    recorder = Recorder(tracker, lambda: {trial.key: "all fused"}, lambda choices: shown if choices else {})
    recorder.resumed([trial], [Final(trial, "a", Path("a.pt"))])
    job = replace(make_job(tmp_path), label="trial 3, seed 500", seed=500)
    recorder.confirmed(replace(job, pattern=trial.pattern), Outcome({}, {}, {}, {"macs": 7}))
    recorder.confirmed(job, Outcome({}, {}, {}, {"macs": 7}))
    final, logged, confirmed, alone = told
    assert logged.choices == shown
    assert final.params == confirmed.params == {"sharing/depth.depth": "3"}
    assert (final.tags["mark"], confirmed.tags["mark"], confirmed.tags["trial"]) == ("all fused", "all fused", "3")
    assert (alone.params, alone.tags["trial"], alone.tags["mark"]) == ({}, "", "")
