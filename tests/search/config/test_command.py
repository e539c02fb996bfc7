"""How commands end."""

from __future__ import annotations

import errno
import os
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from search.config.command import EXIT_FAILED, EXIT_INTERRUPTED, EXIT_REFUSED, explain_unwritable_out, run_command
from search.config.settings import Settings
from spaces.common.interpreter import spell_python
from spaces.common.interruption import interrupt
from spaces.errors import ConfigError


def test_a_mistake_is_one_message_and_an_interruption_says_how_to_go_on(capsys: pytest.CaptureFixture[str]) -> None:
    def command(what: BaseException | int) -> int:
        def body(settings: Settings, given: str) -> int:
            assert (settings.trials, given) == (3, "trials=3")
            if isinstance(what, BaseException):
                raise what
            return what

        return run_command(["trials=3"], "search.run", body, lambda command: f"Go on with: {command}")

    assert command(ConfigError(["trials=0: want more", "and so on"])) == EXIT_REFUSED
    assert capsys.readouterr().err == "trials=0: want more\nand so on\n"
    assert command(KeyboardInterrupt()) == EXIT_INTERRUPTED
    assert capsys.readouterr().err == f"\nInterrupted. Go on with: {spell_python()} -m search.run trials=3\n"
    assert command(EXIT_FAILED) == EXIT_FAILED
    with pytest.raises(ZeroDivisionError):  # a defect of ours is not hidden
        command(ZeroDivisionError())


def test_a_command_runs_in_a_thread_too() -> None:
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(run_command, [], "search.run", lambda settings, given: 0).result() == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_what_a_signal_has_torn_is_an_interruption_whatever_is_raised(
    number: signal.Signals, capsys: pytest.CaptureFixture[str]
) -> None:
    def body(settings: Settings, given: str) -> int:
        try:
            os.kill(os.getpid(), number)
        except KeyboardInterrupt:
            raise TypeError("expected a message argument") from None
        return 0

    assert run_command([], "search.run", body, lambda command: "Go on.") == EXIT_INTERRUPTED
    assert capsys.readouterr().err == "\nInterrupted. Go on.\n"


def test_a_program_that_runs_a_command_keeps_its_own_handler_of_signals() -> None:
    def own(number: int, frame: object) -> None:
        pass

    before = signal.signal(signal.SIGTERM, own)
    try:
        within = []
        run_command([], "search.run", lambda settings, given: within.append(signal.getsignal(signal.SIGTERM)) or 0)
        assert within == [interrupt]
        assert signal.getsignal(signal.SIGTERM) is own
    finally:
        signal.signal(signal.SIGTERM, before)


def test_questions_are_answered_and_nothing_is_run(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["--help"], "search.plan", lambda settings, given: EXIT_FAILED) == 0
    assert "python -m search.plan" in capsys.readouterr().out


def test_what_cannot_be_written_is_told_once_with_what_the_machine_wants() -> None:
    told = explain_unwritable_out(Path("out"), PermissionError(errno.ENOTDIR, "Not a directory"))
    assert told == (
        "out cannot be written: Not a directory: move away what lies there; or choose another with --out DIR"
    )
    told = explain_unwritable_out(Path("out"), OSError(errno.ENOSPC, "No space left on device"))
    assert told.count("No space left on device") == 1
    assert "make room there" in told
    short = explain_unwritable_out(Path("out"), OSError("4096 requested and 0 written"))  # NumPy's words for it
    assert "4096 requested and 0 written" in short
