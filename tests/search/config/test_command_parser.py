"""Command lines without overrides."""

from __future__ import annotations

import pytest

from search.config.command_parser import CommandParser
from spaces.errors import ConfigError


def test_what_it_does_not_know_is_one_message() -> None:
    parser = CommandParser("python -m search.something", "Does something.", "python -m search.something here")
    parser.add_argument("run")
    told = r"^unrecognized arguments: --speed; python -m search.something --help lists what can be said$"
    with pytest.raises(ConfigError, match=told):
        parser.parse_args(["runs/a", "--speed"])


def test_help_says_first_what_it_does_and_an_example(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    parser = CommandParser("python -m search.something", "Does something. " * 8, "python -m search.something here")
    parser.add_argument("--speed", help="how fast it is to be done, which takes a line or two to be said in full")
    parser.add_argument("--directions", nargs="+", metavar="NAME", help="whereto")
    lines = parser.format_help().splitlines()
    assert lines[0].startswith("Does something. ")
    assert lines.index("Example: python -m search.something here") < lines.index("options:")
    assert max(map(len, lines)) <= 60
    assert "usage: python -m search.something" in lines
    monkeypatch.setenv("COLUMNS", "100")
    assert "usage: python -m search.something [-h]" in parser.format_help()
