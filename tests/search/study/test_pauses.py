"""Trials that pause at rungs, and go on or are given up."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from search.jobs.trial import Trial
from search.jobs.worker import run_job
from spaces.choices import enumerate_patterns
from tests.search.study.queues import opened, run_all

ASHA = ("scheduler=pareto_asha", "scheduler.rung=1", "trainer.epochs=4", "trials=6")


def _told_of(trials: Sequence[Trial]) -> list[tuple]:
    return [(t.number, t.status, t.key, dict(t.objectives), dict(t.rungs), t.curves, t.epochs) for t in trials]


def test_weak_trials_pause_and_are_given_up_and_the_others_are_trained_to_the_end(tmp_path: Path) -> None:
    with opened(tmp_path, *ASHA) as (queue, told):
        run_all(queue)
        ended = {trial.number: trial for trial in told.trials}
        assert sorted(ended) == list(range(6))
        complete = [trial for trial in ended.values() if trial.complete]
        pruned = [trial for trial in ended.values() if trial.status == "pruned"]
        assert complete and len(complete) + len(pruned) == 6
        assert all(list(trial.rungs) == ["1", "2"] and trial.epochs == 4 for trial in complete)
        for trial in pruned:
            assert not trial.objectives and not trial.metrics
            assert trial.epochs == int(list(trial.rungs)[-1]) == len(trial.curves["loss"])
            assert trial.reason.startswith(f"stopped after {trial.epochs} of 4 epochs")
        assert not list((tmp_path / "runs").glob("*/.outcomes/*"))
        history = queue._study._study.get_trials()
        assert sum(trial.state.name == "PRUNED" for trial in history) == len(pruned)
        assert all(set(trial.system_attrs["rungs"]) <= {"1", "2"} for trial in history)


def test_a_trial_that_paused_ends_as_one_that_never_did(tmp_path: Path) -> None:
    with opened(tmp_path, *ASHA, "sampler=exhaustive", "run.name=paused") as (queue, told):
        run_all(queue)
    with opened(tmp_path, *ASHA[2:], "sampler=exhaustive", "run.name=full") as (queue, whole):
        run_all(queue)
    full = {trial.key: trial for trial in whole.trials}
    met = [trial for trial in told.trials if trial.complete and trial.key in full]
    assert met
    for trial in met:
        assert trial.objectives == full[trial.key].objectives
        assert trial.curves == full[trial.key].curves


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> list[tuple]:
    with opened(tmp_path_factory.mktemp("whole"), *ASHA) as (queue, _told):
        run_all(queue)
        return _told_of([queue.trials[number] for number in sorted(queue.trials)])


@pytest.mark.parametrize("jobs", (4, 7, 11, 15))
def test_a_search_with_pauses_goes_on_as_if_undisturbed(tmp_path: Path, undisturbed: list[tuple], jobs: int) -> None:
    with opened(tmp_path, *ASHA) as (queue, _told):
        for turn in range(jobs):
            job = queue.next()
            if job is None:
                break
            outcome = run_job(job)
            if turn < jobs - 1:  # the driver dies before it hears of the last one
                queue.done(job, outcome)
    with opened(tmp_path, *ASHA) as (queue, _told):
        run_all(queue)
        assert _told_of([queue.trials[number] for number in sorted(queue.trials)]) == undisturbed


def test_limits_hold_for_what_a_training_ends_with_not_for_its_pauses(tmp_path: Path) -> None:
    more = ("space=gates", "sampler=random", "trials=3", "trainer.gates.weight=0", "trainer.gates.start=0.01")
    with opened(tmp_path, *ASHA[:2], "trainer.epochs=2", *more) as (queue, told):
        cheapest = min(
            queue._study.problem.cost(p.pattern).macs
            for p in enumerate_patterns(queue._study.problem.space, queue._study.problem.tasks)
        )
    with opened(tmp_path, *ASHA[:2], "trainer.epochs=2", *more, f"limits.macs={cheapest}", "run.name=b") as (
        queue,
        told,
    ):
        run_all(queue)
    assert len(told.trials) == 3
    assert all("1" in trial.rungs for trial in told.trials)  # whatever its end was, none failed at its pause
