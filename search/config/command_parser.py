"""A parser of command lines that refuses as all commands do: in one message, with exit status 2."""

from __future__ import annotations

import argparse
from typing import Any, NoReturn

from spaces.common.permissions import allow
from spaces.common.terminal import find_width
from spaces.errors import ConfigError


class CommandParser(argparse.ArgumentParser):
    """For commands on a run or a file, which take no overrides; all know ``--allow``.

    Help says first what the command does.

    Args:
        prog: such as "python -m search.pick".
        description: what it does.
        example: a command that runs.
    """

    def __init__(self, prog: str, description: str, example: str) -> None:
        super().__init__(prog=prog, description=description, allow_abbrev=True, formatter_class=_make_formatter)
        self._example = example
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

    def format_help(self) -> str:
        """What it does, an example, and then what can be said."""
        formatter = self._get_formatter()
        formatter.add_text(self.description)
        formatter.add_text(f"Example: {self._example}")
        formatter.add_usage(self.usage, self._actions, self._mutually_exclusive_groups)
        for group in self._action_groups:
            formatter.start_section(group.title)
            formatter.add_text(group.description)
            formatter.add_arguments(group._group_actions)
            formatter.end_section()
        return formatter.format_help()

    def error(self, message: str) -> NoReturn:
        """Refuse the command line (ConfigError)."""
        raise ConfigError(f"{message}; {self.prog} --help lists what can be said")


class _Formatter(argparse.HelpFormatter):
    """Whose usage stands below a long command where it does not fit beside it."""

    def _format_usage(self, *given: Any) -> str:
        told, prog = super()._format_usage(*given), self._prog
        if max(map(len, told.splitlines())) > self._width:
            self._prog = prog.ljust(self._width)  # for which there is no room beside it, as the base sees it
            told = "\n".join(line.rstrip() for line in super()._format_usage(*given).split("\n"))
            self._prog = prog
        return told


def _make_formatter(prog: str) -> argparse.HelpFormatter:
    return _Formatter(prog, width=find_width())
