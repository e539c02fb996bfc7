"""A parser of command lines that refuses as all commands do: in one message, with exit status 2."""

from __future__ import annotations

import argparse
from typing import NoReturn

from spaces.errors import ConfigError


class CommandParser(argparse.ArgumentParser):
    """For commands on a run or a file, which take no overrides."""

    def error(self, message: str) -> NoReturn:
        """Refuse the command line (ConfigError)."""
        raise ConfigError(f"{message}; {self.prog} --help lists what can be said")
