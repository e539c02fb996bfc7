from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from search.confirming.queue import Chain, ConfirmQueue, list_lacking
from search.jobs.job import Job, Outcome
from search.jobs.members import Inherited
from search.jobs.worker import run_job
from tests.search.jobs.tiny_job import make_job


class Asked:
    """Gives chains round by round, and keeps what it hears."""

    def __init__(self, *rounds: list[Chain]) -> None:
        self.rounds, self.heard, self.said = list(rounds), list[str](), list[str]()
        self.queue = ConfirmQueue(self.more, self.said.append, lambda job, outcome: self.heard.append(job.label))
        self.queue.answer_from_cache("cpu")

    def more(self) -> list[Chain]:
        return self.rounds.pop(0) if self.rounds else []

    def run(self) -> list[str]:
        trained = []
        while job := self.queue.next():
            trained.append(job.label)
            self.queue.done(job, run_job(job))
        return trained


@pytest.fixture
def jobs(tmp_path: Path) -> list[Job]:
    made = make_job(tmp_path)
    return [
        replace(made, label=str(seed), seed=seed, outcome=tmp_path / f"{seed}.json", weights=None) for seed in range(3)
    ]


def test_round_follows_round_and_nothing_is_trained_twice(jobs: list[Job]) -> None:
    asked = Asked([(jobs[0],), (jobs[1],), (jobs[0],)], [(jobs[1],), (jobs[2],)])
    assert asked.run() == asked.heard == ["0", "1", "2"]
    assert "; 1 left, about " in asked.said[0]
    again = Asked([(jobs[0],), (jobs[1],)], [(jobs[2],)])
    assert again.run() == []
    assert again.heard == ["0", "1", "2"]
    assert all(outcome.complete for outcome in again.queue.outcomes.values())


def test_what_was_trained_before_needs_no_runner_and_what_was_not_waits_for_one(jobs: list[Job]) -> None:
    asked = Asked([(jobs[0],), (jobs[1],)])
    assert not asked.queue.is_answered("cpu")
    assert not asked.queue.running
    assert asked.run() == ["0", "1"]
    assert Asked([(jobs[0],), (jobs[1],)]).queue.is_answered("cpu")
    assert not Asked([(jobs[0],)], [(jobs[2],)]).queue.is_answered("cpu")  # a further round
    assert not Asked([(jobs[0],)]).queue.is_answered("cuda")


def test_a_chain_is_trained_in_its_order_and_weights_in_between_go(jobs: list[Job], tmp_path: Path) -> None:
    first = replace(jobs[0], weights=tmp_path / "first.pt")
    assert first.weights is not None
    last = replace(jobs[1], inherits=Inherited(first.weights, first.fingerprint))
    asked = Asked([(first, last)])
    assert asked.run() == ["0", "1"]
    assert asked.heard == ["1"]
    assert "; 1 left, about " in asked.said[0]  # trainings are counted, not chains
    assert "left" not in asked.said[1]
    assert not first.weights.exists()
    assert Asked([(first, last)]).run() == []
    last.outcome.unlink()  # what went with the weights is trained again
    assert Asked([(first, last)]).run() == ["0", "1"]


def test_a_failed_training_is_tried_again_once_and_ends_its_chain(jobs: list[Job]) -> None:
    asked = Asked([(jobs[0], jobs[1]), (jobs[2],)])
    queue = asked.queue
    for _ in range(2):
        job = queue.next()
        assert job is not None
        queue.done(job, Outcome(reason="loss is NaN") if job is jobs[0] else run_job(job))
    job = queue.next()
    assert job == jobs[0]
    queue.done(jobs[0], Outcome(reason="loss is NaN"))
    assert queue.next() is None
    assert [job.label for job, outcome in queue.outcomes.items() if not outcome.complete] == ["0"]  # counted once
    assert asked.heard == ["2"]
    assert "0: failed: loss is NaN" in asked.said


def test_a_chain_that_failed_is_not_begun_again_when_it_is_asked_for_again(jobs: list[Job]) -> None:
    asked = Asked([(jobs[0], jobs[1])], [(jobs[0], jobs[1])])
    for _ in range(2):
        job = asked.queue.next()
        assert job == jobs[0]
        asked.queue.done(job, Outcome(reason="loss is NaN"))
    assert asked.queue.next() is None
    assert asked.rounds == []


def test_the_machine_s_fault_ends_it_and_leaves_the_job_to_be_done_again(jobs: list[Job]) -> None:
    asked = Asked([(jobs[0],), (jobs[1],)])
    job = asked.queue.next()
    assert job is not None
    asked.queue.done(job, Outcome(reason="the disk is full", fault=True))
    assert asked.queue.next() is None
    assert asked.queue.fault == "0: the disk is full"
    assert asked.queue.outcomes == {}


def test_nothing_is_asked_for_while_jobs_run(jobs: list[Job]) -> None:
    asked = Asked([(jobs[0],)], [(jobs[1],)])
    assert asked.queue.next() == jobs[0]
    assert asked.queue.next() is None
    assert len(asked.rounds) == 1
    asked.queue.done(jobs[0], run_job(jobs[0]))
    assert asked.queue.next() == jobs[1]


def test_what_one_chain_ends_with_and_another_goes_on_from_is_trained_once(jobs: list[Job], tmp_path: Path) -> None:
    first = replace(jobs[0], weights=tmp_path / "first.pt")
    assert first.weights is not None
    last = replace(jobs[1], inherits=Inherited(first.weights, first.fingerprint))
    asked = Asked([(first, last), (jobs[0],), (jobs[2],)])
    running = [asked.queue.next(), asked.queue.next()]
    assert running == [first, jobs[2]]  # the same training is under way
    assert asked.queue.next() is None
    for job in running:
        assert job is not None
        asked.queue.done(job, run_job(job))
    assert asked.run() == ["1"]
    assert sorted(asked.heard) == ["0", "1", "2"]
    assert Asked([(first, last), (jobs[0],)]).run() == []


def test_weights_that_another_chain_goes_on_from_stay_until_it_has_ended(jobs: list[Job], tmp_path: Path) -> None:
    first = replace(jobs[0], weights=tmp_path / "first.pt")
    assert first.weights is not None
    start = Inherited(first.weights, first.fingerprint)
    second = replace(jobs[1], inherits=start, weights=tmp_path / "second.pt")
    assert second.weights is not None
    last = replace(jobs[2], inherits=start.follow(second.weights, second.fingerprint))
    asked = Asked([(first, second, last), (first, replace(second, weights=None)), (jobs[0],)])
    for expected in (first, second):
        assert asked.queue.next() == expected
        asked.queue.done(expected, run_job(expected))
    assert asked.queue.next() == last
    assert asked.queue.next() is None  # the others are found to be there
    assert asked.heard == ["1", "0"]
    assert first.weights.exists() and second.weights.exists()
    asked.queue.done(last, run_job(last))
    assert asked.heard == ["1", "0", "2"]
    assert not first.weights.exists() and not second.weights.exists()


def test_a_training_of_several_chains_lacks_once_and_none_of_a_chain_that_has_come_to_its_end(jobs: list[Job]) -> None:
    first, second, third = jobs
    assert list_lacking([(first, second), (first,), (third,)]) == jobs
    third.outcome.write_text("{}")
    assert list_lacking([(first, third), (first, second)]) == [first, second]
    first.outcome.write_text("{}")
    assert list_lacking([(first, second)]) == [second]
