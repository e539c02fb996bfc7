from __future__ import annotations

import json
from pathlib import Path

import pytest

from search.jobs.job import Job, Outcome
from search.jobs.worker import run_job
from search.study.fronts.final_files import choose_ended, load_finals
from spaces.errors import DataError
from tests.search.study.queues import opened, run_all

GIVEN = ("sampler=random", "trials=3", "trainer.epochs=1", "final.epochs=2", "final.members=2", "run.name=own")


def is_final(job: Job) -> bool:
    return job.label.startswith("final")


def test_the_front_is_trained_on_after_the_last_trial_on_its_own_weights(tmp_path: Path) -> None:
    seen: list[Job] = []
    with opened(tmp_path, *GIVEN) as (queue, told):
        while job := queue.next():
            seen.append(job)
            queue.done(job, run_job(job))
    finals = [job for job in seen if is_final(job)]
    assert [is_final(job) for job in seen] == [False] * (len(seen) - len(finals)) + [True] * len(finals)
    assert 1 <= len(finals) <= 2
    assert all(job.inherits and job.inherits.file.parent.name == "trials" for job in finals)
    assert {final.number for final in told.finals} <= {trial.number for trial in told.trials}
    assert all(final.epochs == 2 and final.complete for final in told.finals)
    kept = load_finals(tmp_path / "runs" / "own")
    ended = sorted(told.finals, key=lambda final: final.number)
    assert [final.trial.objectives for final in kept] == [final.objectives for final in ended]
    assert all(final.start == "trial" and final.before == 1 and final.whole for final in kept)


def test_finals_are_done_once_and_again_where_something_else_is_wanted(tmp_path: Path) -> None:
    with opened(tmp_path, *GIVEN) as (queue, first):
        run_all(queue)
    with opened(tmp_path, *GIVEN) as (queue, again):
        assert queue.next() is None
    assert not again.finals
    assert sorted(f.trial.ended for f in again.resumed_finals) == sorted(final.ended for final in first.finals)
    with opened(tmp_path, *GIVEN, "final.start=nothing", "final.epochs=3") as (queue, other):
        job = queue.next()
        assert job is not None
        assert is_final(job)
        assert job.inherits is None
        queue.done(job, run_job(job))
        run_all(queue)
    assert {final.number for final in other.finals} == {final.number for final in first.finals}


def test_a_finished_search_gets_a_final_training_when_the_same_command_asks_for_one(tmp_path: Path) -> None:
    with opened(tmp_path, *GIVEN[:3], "run.name=own") as (queue, told):
        run_all(queue)
    assert not told.finals
    with opened(tmp_path, *GIVEN) as (queue, told):
        run_all(queue)
    assert told.finals


def test_a_final_training_that_was_cut_off_is_not_begun_anew(tmp_path: Path) -> None:
    with opened(tmp_path, *GIVEN) as (queue, _told):
        while job := queue.next():
            outcome = run_job(job)
            if is_final(job):
                break  # the driver died before it heard of it
            queue.done(job, outcome)
    with opened(tmp_path, *GIVEN) as (queue, told):
        left = []
        while job := queue.next():
            left.append(job)
            queue.done(job, run_job(job))
    assert len(left) == len(told.finals) - 1
    assert min(final.ended for final in told.finals) == outcome.ended
    assert not told.resumed_finals


def test_a_final_training_that_fails_is_tried_again_and_then_told(tmp_path: Path) -> None:
    with opened(tmp_path, *GIVEN) as (queue, told):
        while job := queue.next():
            queue.done(job, Outcome(reason="broken") if is_final(job) else run_job(job))
    assert told.finals
    assert all(final.failed and final.reason == "broken" for final in told.finals)


def test_the_supernet_gives_its_weights_where_there_is_one(tmp_path: Path) -> None:
    given = (*GIVEN[1:], "sampler=frontier", "sampler.prior=supernet")
    with opened(tmp_path, *given) as (queue, told):
        starts = []
        while job := queue.next():
            starts += [job.inherits.file.parent.name] if is_final(job) and job.inherits else []
            queue.done(job, run_job(job))
    assert starts == ["supernets"] * len(told.finals)


def test_weights_that_are_not_there_are_refused_with_the_way_out(tmp_path: Path) -> None:
    with opened(tmp_path, *GIVEN[:3], "run.name=own") as (queue, _told):
        run_all(queue)
    for weights in (tmp_path / "runs" / "own" / "trials").glob("*.pt"):
        weights.unlink()
    with opened(tmp_path, *GIVEN, "final.start=trial") as (queue, _told), pytest.raises(DataError) as caught:
        run_all(queue)
    assert str(caught.value).startswith("final.start=trial: trial ")
    assert str(caught.value).endswith(
        " has no such weights; take final.start=auto, which begins from nothing where there are none"
    )


def test_finals_on_a_supernet_go_on_whatever_became_of_it(tmp_path: Path) -> None:
    given = (*GIVEN[1:], "sampler=frontier", "sampler.prior=supernet")
    with opened(tmp_path, *given) as (queue, first):
        run_all(queue)
    with opened(tmp_path, *given) as (queue, again):
        assert queue.next() is None
    assert len(again.supernets) == 1  # for the receipt
    assert sorted(f.trial.ended for f in again.resumed_finals) == sorted(f.ended for f in first.finals)
    for file in (tmp_path / "runs").glob("supernets/*"):
        file.unlink()
    with opened(tmp_path, *given, "final.epochs=3") as (queue, longer):
        jobs = []
        while job := queue.next():
            jobs.append(job)
            queue.done(job, run_job(job))
    assert [job.members is not None for job in jobs] == [True] + [False] * len(longer.finals)
    assert {final.epochs for final in longer.finals} == {3}


def test_nothing_that_was_trained_to_the_end_is_lost_and_the_longest_counts(tmp_path: Path) -> None:
    run = tmp_path / "runs" / "own"
    with opened(tmp_path, *GIVEN) as (queue, _short):
        run_all(queue)
    before = {path: path.read_bytes() for path in (run / "finals").iterdir()}
    with opened(tmp_path, *GIVEN, "final.epochs=3", "final.members=1") as (queue, long):
        run_all(queue)
    assert len(long.finals) == 1
    assert {path: path.read_bytes() for path in before} == before
    number = long.finals[0].number
    assert choose_ended(load_finals(run))[number].trial.epochs == 3
    with opened(tmp_path, *GIVEN, "final.epochs=4", "final.members=1") as (queue, longest):
        while job := queue.next():
            queue.done(job, Outcome(reason="broken"))
    assert [final.failed for final in longest.finals] == [True]
    assert choose_ended(load_finals(run))[number].trial.epochs == 3


def test_a_training_that_another_has_outdone_is_refused_before_it_begins(tmp_path: Path) -> None:
    with opened(tmp_path, *GIVEN, "final.epochs=5", "final.members=1") as (queue, told):
        run_all(queue)
    number = told.finals[0].number
    with opened(tmp_path, *GIVEN, "final.members=1") as (queue, _told), pytest.raises(DataError) as caught:
        queue.next()
    assert str(caught.value) == (
        f"final.epochs=2: the network of trial {number} has been trained to the end already (5 epochs, 1 before "
        "these), and 3 in all would not count beside that; give at least 5, or leave final.epochs out"
    )
    given = (*GIVEN, "final.epochs=5", "final.members=1", "final.start=nothing")
    with opened(tmp_path, *given) as (queue, _told), pytest.raises(DataError, match="give at least 6"):
        queue.next()


def test_what_is_repeated_leaves_the_record_of_the_first_for_the_receipt(tmp_path: Path) -> None:
    given = (*GIVEN[:4], "final.members=1", "run.name=own")
    with opened(tmp_path, *given) as (queue, first):
        run_all(queue)
    for weights in (tmp_path / "runs" / "own" / "finals").glob("*.pt"):
        weights.unlink()
    with opened(tmp_path, *given) as (queue, second):
        run_all(queue)
    with opened(tmp_path, *given) as (queue, third):
        assert queue.next() is None
    ended = sorted(final.trial.ended for final in third.resumed_finals)
    assert ended == [first.finals[0].ended, second.finals[0].ended]


def test_damaged_weights_of_a_trial_are_refused_with_a_way_out(tmp_path: Path) -> None:
    with opened(tmp_path, *GIVEN[:3], "run.name=own") as (queue, _told):
        run_all(queue)
    for weights in (tmp_path / "runs" / "own" / "trials").glob("*.pt"):
        weights.write_bytes(weights.read_bytes()[:50])
    with opened(tmp_path, *GIVEN) as (queue, _told), pytest.raises(DataError) as caught:
        queue.next()
    assert ".pt: no weights of trial " in str(caught.value)
    assert str(caught.value).endswith("remove it, and with final.start=auto its final training begins from nothing")


def test_weights_that_were_damaged_are_refused_and_those_that_are_gone_trained_again(tmp_path: Path) -> None:
    given = (*GIVEN[:4], "final.members=1", "run.name=own")
    with opened(tmp_path, *given) as (queue, _told):
        run_all(queue)
    (weights,) = (tmp_path / "runs" / "own" / "finals").glob("*.pt")
    weights.write_bytes(weights.read_bytes()[:-1])
    with pytest.raises(DataError) as caught, opened(tmp_path, *given):
        pass
    assert str(caught.value).startswith(f"{weights}: not the weights that the final training of trial ")
    assert str(caught.value).endswith("remove it, and the same command trains it again")
    weights.unlink()
    with opened(tmp_path, *given) as (queue, told):
        run_all(queue)
    assert len(told.finals) == 1
    assert [path.name for path in weights.parent.glob("*.pt")] == [f"{weights.stem}-2.pt"]


def test_files_of_the_first_form_count_as_they_are(tmp_path: Path) -> None:
    given = (*GIVEN[:4], "final.members=1", "run.name=own")
    with opened(tmp_path, *given) as (queue, told):
        run_all(queue)
    for path in (tmp_path / "runs" / "own" / "finals").iterdir():
        path.rename(path.with_name(path.name[:4] + path.suffix))
    file = tmp_path / "runs" / "own" / "finals" / f"{told.finals[0].number:04d}.json"
    stored = json.loads(file.read_text())
    file.write_text(json.dumps({name: stored[name] for name in ("training", "trial")}))
    with opened(tmp_path, *given) as (queue, told):
        assert queue.next() is None
    assert len(told.resumed_finals) == 1


def test_damaged_weights_of_a_trial_are_no_matter_where_nothing_starts_from_them(tmp_path: Path) -> None:
    with opened(tmp_path, *GIVEN[:3], "run.name=own") as (queue, _told):
        run_all(queue)
    for weights in (tmp_path / "runs" / "own" / "trials").glob("*.pt"):
        weights.write_bytes(weights.read_bytes()[:50])
    with opened(tmp_path, *GIVEN, "final.start=nothing") as (queue, told):
        run_all(queue)
    assert told.finals
    assert all(final.complete for final in told.finals)
