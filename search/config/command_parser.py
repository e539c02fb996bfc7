"""A parser of command lines that refuses as all commands do: in one message, with exit status 2."""

from __future__ import annotations

import argparse
from typing import Any, NoReturn

from spaces.common.permissions import allow
from spaces.errors import ConfigError


class CommandParser(argparse.ArgumentParser):
    """For commands on a run or a file, which take no overrides; all know ``--allow``."""

    def __init__(self, **options: Any) -> None:
        """As its base, with the flag."""
        super().__init__(**options)
        self.add_argument(
            "--allow",
            action="append",
            default=[],
            metavar="PACKAGE",
            help="let code of this package run where the run names it; nothing else that it names does",
        )

    def parse_args(self, args: Any = None, namespace: Any = None) -> Any:
        """As its base; packages that are named are allowed from here on."""
        told = super().parse_args(args, namespace)
        allow(told.allow)
        return told

    def error(self, message: str) -> NoReturn:
        """Refuse the command line (ConfigError)."""
        raise ConfigError(f"{message}; {self.prog} --help lists what can be said")
