"""The settings of a search, from what its run folder keeps: those it had, whatever usual values have become since."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from search.config.sections import RUN_NAME
from search.config.settings import GROUPS, SECTIONS, Settings, from_plain
from search.study.run_config import BEFORE
from spaces.errors import DataError

KEYS = ("trials", "budget", "objectives", "measure", *SECTIONS, *GROUPS)
SPLIT = ("budget", "supernet", "final")  # what says how epochs are split


def restore_settings(config: Mapping[str, Any], path: Path) -> Settings:
    """The settings, wherever the run folder lies now.

    Args:
        config: that the run folder keeps.
        path: the run folder.

    Raises:
        ConfigError: a component of the search is not here any more.
    """
    run = {**config["run"], "folder": str(path.absolute().parent)}
    plain = {**{name: config[name] for name in KEYS if name in config}, "run": run}
    settings = from_plain(plain)
    earlier = {key: value for key, value in BEFORE.items() if _is_lacking(key, config, settings.plain)}
    for key, value in earlier.items():
        group, _, name = key.partition(".")
        plain[group] = {**plain[group], name: value}
    settings = from_plain(plain) if earlier else settings
    split, told = settings.split, config.get("epochs") or {}
    if not told or (split.supernet, split.trial) == (told["supernet"], told["trial"]):
        return settings
    # Another version split what is not said in another way: its own numbers are said here, the file's words kept.
    final = {**plain.get("final", {}), "epochs": told["trial"] if split.delivers else None, "budget": None}
    said = {"budget": None, "supernet": {"epochs": told["supernet"] or None}, "final": final}
    restored = from_plain({**plain, **said})
    restored.plain.update({name: plain[name] for name in SPLIT if name in plain})
    return restored


def name_run(config: Mapping[str, Any], path: Path) -> dict[str, Any]:
    """The configuration of a run whose folder may have been renamed since.

    Raises:
        DataError: its name is none that a search may have.
    """
    if not RUN_NAME.fullmatch(path.name):
        raise DataError(
            f"{path.name}: what adds to a run wants a folder name of letters, digits, '_', '.' and '-', at most 100, "
            "the first no '.' or '-'; rename the folder"
        )
    return {**config, "run": {**config["run"], "name": path.name}}


def _is_lacking(key: str, config: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    """Whether an option came after the search began."""
    group, _, name = key.partition(".")
    return name in now.get(group, {}) and name not in config.get(group, {})
