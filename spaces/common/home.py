"""Paths as people type them, whose first sign may stand for a home directory."""

from __future__ import annotations

import os
from pathlib import Path

from spaces.errors import ConfigError


def expand_home(path: str | os.PathLike[str], named: str) -> Path:
    """The path with ``~`` or ``~user`` in its beginning as that home directory, or as it is where it is there so.

    Args:
        path: as it was typed.
        named: what it is called on the command line, for the message, such as "data.root".

    Raises:
        ConfigError: nobody here has such a home, and nothing is called so.
    """
    try:
        return Path(path).expanduser()
    except RuntimeError as error:
        if os.path.lexists(path):
            return Path(path)
        user = Path(path).parts[0].removeprefix("~")
        whose = f"there is no such home directory, for {user!r} is no user here" if user else "no home directory is set"
        raise ConfigError(f"{named}={path}: {whose}; give the whole path, or ./{path} for what is called so") from error
