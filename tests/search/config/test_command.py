"""How commands end."""

from __future__ import annotations

import pytest

from search.config.command import FAILED, INTERRUPTED, REFUSED, ended
from spaces.errors import ConfigError


def test_a_mistake_is_one_message_and_an_interruption_says_how_to_go_on(capsys: pytest.CaptureFixture[str]) -> None:
    @ended("The same command goes on.")
    def command(what: BaseException | int) -> int:
        if isinstance(what, BaseException):
            raise what
        return what

    assert command(ConfigError(["trials=0: want more", "and so on"])) == REFUSED
    assert capsys.readouterr().err == "trials=0: want more\nand so on\n"
    assert command(KeyboardInterrupt()) == INTERRUPTED
    assert capsys.readouterr().err == "\nInterrupted. The same command goes on.\n"
    assert command(FAILED) == FAILED
    with pytest.raises(ZeroDivisionError):  # a defect of ours is not hidden
        command(ZeroDivisionError())
