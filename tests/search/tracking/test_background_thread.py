from __future__ import annotations

import threading
import time

from search.tracking.background_thread import Background


def test_jobs_are_done_in_order_and_off_the_callers_thread() -> None:
    done: list[tuple[int, str]] = []
    thread = Background("worker")
    for number in range(20):
        thread.submit(lambda number=number: done.append((number, threading.current_thread().name)))  # type: ignore[misc]
    assert thread.finish(patience=10)
    assert done == [(number, "worker") for number in range(20)]


def test_nothing_to_do_starts_no_thread() -> None:
    before = threading.active_count()
    assert Background("idle").finish(patience=0.0)
    assert threading.active_count() == before


def test_a_job_without_a_sign_of_life_is_given_up() -> None:
    release = threading.Event()
    thread = Background("stuck")
    thread.submit(lambda: release.wait(60) and None)
    start = time.monotonic()
    assert not thread.finish(patience=0.1)
    assert time.monotonic() - start < 10
    release.set()
    assert thread.finish(patience=10)


def test_patience_lasts_as_long_as_jobs_get_done() -> None:
    thread = Background("slow")
    for _ in range(6):
        thread.submit(lambda: time.sleep(0.25))
    assert thread.finish(patience=1.0)  # 1.5 s of work


def test_it_looks_around_in_every_pause() -> None:
    looked = threading.Event()
    thread = Background("looking", looked.set, pause=0.01)
    assert not looked.wait(0.1)  # nobody looks before the first job
    thread.submit(lambda: None)
    assert looked.wait(60)
    assert thread.finish(patience=10)
