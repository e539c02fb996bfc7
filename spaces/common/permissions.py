"""Whose code may run: this project's own, and that of packages which a person has named; never what a file says alone.

Run folders, specifications and weights are handed from person to person. What they name is imported only where whoever
runs the command has named its package: with ``--allow``, in the environment, by a folder given as ``--config-dir``, or
by typing the path on the command line.
"""

from __future__ import annotations

import inspect
import os
from collections.abc import Iterable
from importlib import import_module
from typing import Any

from spaces.common.suggestions import suggest
from spaces.errors import ConfigError

VARIABLE = "SEARCH_ALLOW"
"""Packages, parted by commas; processes that are started inherit it, so it is where `allow` keeps them, too."""


def allow(packages: Iterable[str]) -> None:
    """Let the code of packages run, in this process and in those that it starts.

    Args:
        packages: dotted names; what lies inside one is allowed with it.

    Raises:
        ConfigError: one is no dotted name.
    """
    named = [name.strip() for name in packages]
    if wrong := [name for name in named if not all(part.isidentifier() for part in name.split("."))]:
        raise ConfigError(
            f"--allow {wrong[0]}: want the dotted name of a package or module, such as my_package or my_package.parts"
        )
    os.environ[VARIABLE] = ",".join(dict.fromkeys([*list_allowed(), *named]))


def list_allowed() -> list[str]:
    """Packages that were named so far."""
    return [name.strip() for name in os.environ.get(VARIABLE, "").split(",") if name.strip()]


def is_allowed(path: str) -> bool:
    """Whether a dotted path lies in a package that was named."""
    return any(path == name or path.startswith(f"{name}.") for name in list_allowed())


def import_allowed(path: str, where: str) -> Any:
    """What lies at a dotted path of a package that was named.

    Args:
        path: ``package.module.name``.
        where: it was said, for messages.

    Raises:
        ConfigError: nobody has named its package, it is not there, or it is another package's.
    """
    module, _, name = path.rpartition(".")
    if not module or not all(part.isidentifier() for part in path.split(".")):
        raise ConfigError(f"{where}: want a dotted path such as package.module.Class")
    if not is_allowed(path):
        raise ConfigError(
            f"{where}: code of the package {path.partition('.')[0]!r}, which nobody has allowed to run; if you know "
            f"whose it is and want it to run here, say --allow {module} (or set {VARIABLE}={module}); what this "
            "project ships needs no such word"
        )
    try:
        found = getattr(import_module(module), name, None)
    except ImportError as error:
        raise ConfigError(
            f"{where}: module {module} cannot be imported ({error}); check the spelling, and run from the folder that "
            "holds the package or install it"
        ) from error
    except Exception as error:  # the person's own module runs here, and may raise anything
        raise ConfigError(f"{where}: module {module} fails where it is imported ({error!r})") from error
    if not callable(found):
        own = [item for item in vars(import_module(module)).values() if getattr(item, "__module__", "") == module]
        classes = sorted(item.__name__ for item in own if inspect.isclass(item))
        raise ConfigError(
            f"{where}: {module} has no class {name}{suggest(name, classes)} It has: {', '.join(classes) or 'none'}"
        )
    home = getattr(found, "__module__", None) or ""
    if not is_allowed(home) and home.partition(".")[0] != module.partition(".")[0]:
        raise ConfigError(
            f"{where}: {name} in {module} is a part of {home or 'no module'}, which nobody has allowed to run; name "
            f"what is the package's own, or say --allow {home}"
        )
    return found
