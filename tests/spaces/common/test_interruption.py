from __future__ import annotations

import os
import signal
from concurrent.futures import ThreadPoolExecutor

import pytest

from spaces.common.interruption import (
    answered_after,
    asked_to_stop,
    hold_interrupts,
    sigterm_interrupts,
    tell_first,
    told_at_once,
)


def test_sigterm_is_as_good_as_ctrl_c_while_the_block_runs() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(KeyboardInterrupt), sigterm_interrupts():
        os.kill(os.getpid(), signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_thread_which_may_set_no_handlers_runs_the_block_all_the_same() -> None:
    def run() -> object:
        with sigterm_interrupts():
            return signal.getsignal(signal.SIGTERM)

    before = signal.getsignal(signal.SIGTERM)
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(run).result() is before


def test_ctrl_c_is_answered_after_a_block_that_holds_it() -> None:
    before, reached = signal.getsignal(signal.SIGINT), False
    with pytest.raises(KeyboardInterrupt), hold_interrupts():
        os.kill(os.getpid(), signal.SIGINT)
        reached = True
    assert reached
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_is_told_before_it_is_answered_and_once(
    number: signal.Signals, capsys: pytest.CaptureFixture[str]
) -> None:
    before, told = signal.getsignal(signal.SIGINT), ""
    assert not asked_to_stop()
    with pytest.raises(KeyboardInterrupt), sigterm_interrupts(), told_at_once("Stopping."):
        try:
            os.kill(os.getpid(), number)
        finally:
            told = capsys.readouterr().err
            assert asked_to_stop()
            os.kill(os.getpid(), number)
    assert told == "\nStopping.\n"
    assert capsys.readouterr().err == ""
    assert signal.getsignal(signal.SIGINT) is before


def test_it_is_told_also_where_a_library_has_taken_the_signal(capsys: pytest.CaptureFixture[str]) -> None:
    taken: list[int] = []
    with told_at_once("Stopping."):
        signal.signal(signal.SIGINT, lambda number, frame: taken.append(number))
        tell_first()
        tell_first()
        os.kill(os.getpid(), signal.SIGINT)
    assert taken == [signal.SIGINT]
    assert capsys.readouterr().err == "\nStopping.\n"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_what_must_not_be_torn_is_ended_first_and_the_answer_comes_then(
    number: signal.Signals, capsys: pytest.CaptureFixture[str]
) -> None:
    reached = []
    with pytest.raises(KeyboardInterrupt), sigterm_interrupts(), told_at_once("Stopping."):
        with answered_after(), answered_after():
            os.kill(os.getpid(), number)
            reached.append(capsys.readouterr().err)
        reached.append("beyond")
    assert reached == ["\nStopping.\n"]


def test_who_asks_twice_is_answered_at_once() -> None:
    reached = 0
    with pytest.raises(KeyboardInterrupt), told_at_once("Stopping."), answered_after():
        os.kill(os.getpid(), signal.SIGINT)
        reached = 1
        os.kill(os.getpid(), signal.SIGINT)
        reached = 2
    assert reached == 1
    with told_at_once("Stopping."), answered_after():
        pass  # nothing is left of it
