"""Trainings that runs rest on are taken from earlier searches, and nobody's removal is another's loss."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from search.jobs.outcome_files import read_outcome
from search.run import main as search
from search.sweeping.sharing import is_there, list_groundwork, take_earlier
from search.sweeping.sweep import plan_sweep
from tests.tiny import arguments, write_tiny


@pytest.mark.slow
def test_what_earlier_searches_have_trained_is_there_for_all_runs_and_stays() -> None:
    given = arguments(write_tiny(Path("data")), "sampler=oneshot", "trials=1", "supernet.epochs=1")
    assert search([*given, "run.name=earlier"]) == 0
    sweep = plan_sweep([*given, "run.seed=0,1"])
    jobs = [list_groundwork(run.settings) for run in sweep.runs]
    assert [len(each) for each in jobs] == [4, 4]  # three tasks and a supernet
    assert take_earlier(sweep) == 4
    assert [all(map(is_there, each)) for each in jobs] == [True, False]
    told = [read_outcome(job) for job in jobs[0]]
    assert take_earlier(sweep) == 0
    for name in ("baselines", "supernets"):
        shutil.rmtree(Path("runs", name))
    assert all(map(is_there, jobs[0]))
    assert [read_outcome(job) for job in jobs[0]] == told


def test_damaged_and_half_there_is_not_taken() -> None:
    sweep = plan_sweep(arguments(write_tiny(Path("data")), "sampler=oneshot", "trials=1", "run.seed=0,1"))
    baseline, *_, supernet = list_groundwork(sweep.runs[0].settings)
    for job, text in ((baseline, "{"), (supernet, "{}")):
        there = Path("runs", job.outcome.parent.name, job.outcome.name)
        there.parent.mkdir(parents=True)
        there.write_text(text)
    assert take_earlier(sweep) == 0
    assert not sweep.folder.exists()


def test_runs_of_other_spaces_rest_on_the_same_single_task_networks() -> None:
    sweep = plan_sweep(arguments(write_tiny(Path("data")), "space=fusion,branching", "run.seed=0,1"))
    needs = [{job.outcome for job in list_groundwork(run.settings)} for run in sweep.runs]
    assert needs[0] == needs[2] and needs[1] == needs[3]
    assert not needs[0] & needs[1]
