"""Trials that Optuna itself, or its dashboard, has put into the study of a search."""

from __future__ import annotations

from pathlib import Path

import optuna
import pytest
from optuna.distributions import FloatDistribution
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
from optuna.trial import TrialState, create_trial

from search.jobs.job import Outcome
from search.jobs.worker import run_job
from tests.search.study.queues import is_baseline, opened, run_all


def study_of(folder: Path) -> optuna.Study:
    (journal,) = (folder / "runs").glob("*/study.journal")
    storage = JournalStorage(JournalFileBackend(str(journal)))
    return optuna.load_study(study_name=optuna.get_all_study_names(storage)[0], storage=storage)


def test_queued_trials_are_trained_next_and_others_named_and_left(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with opened(tmp_path, "trials=2") as (queue, told):
        run_all(queue)
        done = told.trials
    study = study_of(tmp_path)
    first = dict(study.trials[0].params)
    name, options = next((n, d.choices) for n, d in study.trials[0].distributions.items() if len(d.choices) > 1)
    study.ask()  # left running
    study.tell(study.ask(), state=TrialState.FAIL)
    study.enqueue_trial(first)  # trained already
    study.enqueue_trial({**first, "no such choice": 1})
    study.enqueue_trial({name: "not an option"})
    study.add_trial(create_trial(params={"x": 0.5}, distributions={"x": FloatDistribution(0, 1)}, values=[1.0, 2.0]))
    for option in options:  # one decision each, the others are drawn
        study.enqueue_trial({name: option})
    before = len(study.trials)
    with opened(tmp_path, "trials=3") as (queue, told):
        assert [trial.number for trial in told.trials] == [0, 1]
        run_all(queue)
        assert len(told.trials) == 3
        new = told.trials[-1]
        assert new.complete and before - len(options) <= new.number < before
        assert new.key not in {trial.key for trial in done}
    text = caplog.text
    assert "3 trials were begun or ended by another program, and left as they are: " in text
    assert "(running)" in text and "(fail)" in text and "(complete)" in text
    assert "trial 4, queued by another program, is left: its pattern is trained already" in text
    assert "asks for no choice no such choice here" in text and f"{name}=not an option: want one of" in text
    with opened(tmp_path, "trials=3") as (queue, told):  # all can be read as before
        assert len(told.trials) == 3 and queue.next() is None


def test_a_trial_that_another_program_has_ended_is_left_and_its_pattern_is_free(tmp_path: Path) -> None:
    with opened(tmp_path, "trials=1") as (queue, _):
        while is_baseline(job := queue.next()):
            queue.done(job, run_job(job))
    study_of(tmp_path).tell(0, state=TrialState.FAIL)
    with opened(tmp_path, "trials=1") as (queue, told):
        run_all(queue)
        assert [trial.number for trial in told.trials] == [1]


def test_failed_trials_are_trained_again_where_that_is_asked_for(tmp_path: Path) -> None:
    with opened(tmp_path, "trials=2") as (queue, told):
        while is_baseline(job := queue.next()):
            queue.done(job, run_job(job))
        queue.done(job, Outcome(reason="out of memory"))
        run_all(queue)
        failed, other = told.trials
        assert failed.failed and other.complete
    with opened(tmp_path, "trials=2") as (queue, told):
        assert queue.next() is None
    with opened(tmp_path, "trials=2") as (queue, told):
        queue._study.retry_failed()
        run_all(queue)
        again = told.trials[-1]
        assert again.complete and (again.key, again.retry_of, again.number) == (failed.key, failed.number, 2)
    with opened(tmp_path, "trials=3") as (queue, told):
        queue._study.retry_failed()  # none is left that has not been tried again
        run_all(queue)
        assert [trial.retry_of for trial in told.trials] == [None, None, 0, None]
