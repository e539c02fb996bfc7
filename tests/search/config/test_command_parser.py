"""Command lines without overrides."""

from __future__ import annotations

import pytest

from search.config.command_parser import CommandParser
from spaces.errors import ConfigError


def test_what_it_does_not_know_is_one_message() -> None:
    parser = CommandParser(prog="python -m search.something")
    parser.add_argument("run")
    told = r"^unrecognized arguments: --speed; python -m search.something --help lists what can be said$"
    with pytest.raises(ConfigError, match=told):
        parser.parse_args(["runs/a", "--speed"])
