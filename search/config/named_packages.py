"""Packages that a command line names: in a path that was typed, and in the files of a folder given as --config-dir."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from search.components.component_names import TARGET
from search.components.components import OWN
from search.config.arguments import Arguments


def list_named(arguments: Arguments) -> list[str]:
    """Modules of components that the person who typed the command names; those of this project need no word."""
    paths = [path for value in arguments.values for path in _list_targets({value.key: value.parsed})]
    paths += [path for value in arguments.values if value.key.endswith(f".{TARGET}") for path in [str(value.parsed)]]
    for file in sorted(arguments.config_dir.glob("*/**/*.yaml")) if arguments.config_dir else ():
        paths += _list_targets(_read(file))
    modules = dict.fromkeys(path.rpartition(".")[0] for path in paths)
    return [name for name in modules if _is_module(name) and name.partition(".")[0] not in OWN]


def _read(file: Path) -> Any:
    try:
        return yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError):  # told where it is composed
        return None


def _list_targets(node: Any) -> Iterator[str]:
    if isinstance(node, Mapping):
        for name, value in node.items():
            if name == TARGET and isinstance(value, str):
                yield value
            else:
                yield from _list_targets(value)
    elif isinstance(node, (list, tuple)):
        for value in node:
            yield from _list_targets(value)


def _is_module(name: str) -> bool:
    return bool(name) and all(part.isidentifier() for part in name.split("."))
