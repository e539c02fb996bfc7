"""The run folder of a search: who may use it, and whether it belongs to this configuration.

``runs/<name>/`` is the truth of a run. It is opened once, before anything is drawn or trained; one driver at
a time holds it, and a search that would mix two configurations is refused. Nothing of a run is deleted here.
"""

from __future__ import annotations

import json
import os
import re
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import yaml
from filelock import FileLock, Timeout

from search.components.component_names import TARGET, name_all
from search.components.components import describe_component
from search.config.settings import Settings
from search.jobs.job import TRAINING_VERSION
from spaces.common.atomic_files import write_json, write_text
from spaces.errors import ConfigError
from spaces.networks.content import digest_weights

LOCK, OWNER, CONFIG, TRIALS = ".lock", ".owner.json", "config.yaml", "trials"
# What a run that was killed before its config.yaml was whole leaves behind.
OURS = re.compile(r"\.lock|\.owner\.json|\.(\.owner\.json|config\.yaml)\.[0-9a-f]+\.tmp")
# Two runs give the same results when everything but these is equal; the data say the tasks. For the places of data,
# which may move, their content is compared.
FREE = ("search_id", "begun", "trials", "stop", "runner", "tracking", "run.name", "run.folder", "tasks", "data.loading")
PLACES = ("data.root", "data.spec", "data.cache")


@dataclass(frozen=True)
class RunFolder:
    """Paths of one run.

    Args:
        path: the folder.
        search_id: 32 hex digits, unique to the search and kept when it resumes.
        resumed: whether a search had begun there.
        begun: Unix time in seconds of the first start; 0 if an earlier version began it.
    """

    path: Path
    search_id: str
    resumed: bool
    begun: int = 0

    @property
    def config(self) -> Path:
        """The configuration, with the search's id, when it began, the data's fingerprint and the tasks."""
        return self.path / CONFIG

    @property
    def journal(self) -> Path:
        """Optuna's journal of the study."""
        return self.path / "study.journal"

    @property
    def trials(self) -> Path:
        """Folder of one JSON file a trial."""
        return self.path / TRIALS

    def trial(self, number: int) -> Path:
        """The file of a trial."""
        return self.trials / f"{number:04d}.json"

    def weights(self, number: int) -> Path:
        """The file of a trial's weights."""
        return self.trials / f"{number:04d}.pt"


@contextmanager
def open_folder(settings: Settings) -> Iterator[RunFolder]:
    """Opens the run folder of a search, new or to be resumed, and holds it until the block ends.

    Args:
        settings: the search.

    Yields:
        The folder, with ``config.yaml`` written and ``trials/`` made.

    Raises:
        ConfigError: the folder belongs to another configuration, to something else or to a live process, or
            cannot be written.
    """
    path, new = settings.run.folder / settings.run.name, _contents(settings)
    try:
        _refuse_foreign(path)
        path.mkdir(parents=True, exist_ok=True)
        lock = FileLock(path / LOCK)
        lock.acquire(timeout=0)
    except Timeout:
        raise ConfigError(_busy(path)) from None
    except OSError as error:
        raise ConfigError(_unwritable(path, error)) from error
    try:
        try:
            folder = _claimed(path, new)
        except OSError as error:
            raise ConfigError(_unwritable(path, error)) from error
        yield folder
    finally:
        (path / OWNER).unlink(missing_ok=True)
        lock.release()


def check_folder(settings: Settings) -> Path:
    """The run folder of a search, seen to be free for it or its own; nothing is made or written.

    Raises:
        ConfigError: the folder belongs to another configuration or to something else.
    """
    path = settings.run.folder / settings.run.name
    _refuse_foreign(path)
    _earlier(path, _contents(settings))
    return path


def _claimed(path: Path, new: Mapping[str, Any]) -> RunFolder:
    """The folder, checked and its configuration written, by the process that holds the lock."""
    write_json(path / OWNER, {"pid": os.getpid(), "host": socket.gethostname()})
    _refuse_foreign(path)  # again: another process may have been at it until the lock was ours
    old, begun = _earlier(path, new)
    since = int(old.get("begun") or 0) if old else int(time.time())
    folder = RunFolder(path, old.get("search_id") or uuid4().hex, resumed=begun, begun=since)
    # Written again on resume, for trials, runner and tracking may be new.
    contents = {"search_id": folder.search_id, "begun": folder.begun, **new}
    text = yaml.safe_dump(contents, sort_keys=False, allow_unicode=True)
    if not old or text != folder.config.read_text(encoding="utf-8"):
        write_text(folder.config, text)
    folder.trials.mkdir(exist_ok=True)  # last, for a folder with something in it but no configuration is refused
    return folder


def _contents(settings: Settings) -> dict[str, Any]:
    """What ``config.yaml`` says of a search, beside its id."""
    # The tasks, so that what was trained can be built again where the data are not.
    tasks = [describe_component(task) for task in settings.data.selected]
    contents = {"data_content": settings.data.fingerprint, "weights_content": digest_weights(settings.network)}
    known = {name: held for name, held in contents.items() if held is not None}
    return {"training_version": TRAINING_VERSION, **known, "tasks": tasks, **settings.plain}


def _earlier(path: Path, new: Mapping[str, Any]) -> tuple[dict[str, Any], bool]:
    """The configuration of an earlier start that this one goes on with, if any, and whether a search had begun."""
    if not path.exists():
        return {}, False
    old = read_config(path) if (path / CONFIG).exists() else {}
    changes = _changes(old, new) if old else []
    # A search that was refused or stopped before its study began leaves nothing that could be mixed up.
    begun = any(p.name not in (CONFIG, TRIALS) for p in _others(path)) or any((path / TRIALS).glob("*"))
    if changes and begun:
        raise ConfigError(_mismatch(path, changes))
    return ({} if changes else old), begun


def _refuse_foreign(path: Path) -> None:
    """A folder with something in it but no configuration is not ours."""
    if not path.exists() or (path / CONFIG).exists():
        return
    if not path.is_dir():
        raise ConfigError(f"run folder {path} is a file; choose another name with run.name=NAME")
    others = [other.name for other in _others(path)]
    if others:
        shown = ", ".join(others[:5]) + (", ..." if len(others) > 5 else "")
        raise ConfigError(
            f"run folder {path} holds {shown} but no {CONFIG}, so it is no run of this program; "
            "choose another name with run.name=NAME, or empty the folder yourself"
        )


def _others(path: Path) -> list[Path]:
    """What lies in a run folder beside the files of its lock."""
    return sorted(other for other in path.iterdir() if not OURS.fullmatch(other.name))


def read_config(folder: Path) -> dict[str, Any]:
    """The configuration that a run folder keeps, which it has.

    Raises:
        ConfigError: it is damaged.
    """
    path = folder / CONFIG
    try:
        old = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        old = str(error).splitlines()[0]
    if not isinstance(old, dict) or not isinstance(old.get("search_id"), str):
        raise ConfigError(
            f"{path} is no configuration of a run ({str(old)[:80]}); restore it from a copy, "
            "or start anew with run.name=NAME"
        )
    return old


def _changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Keys that define results and differ, as ``key: old -> new``."""
    before, after = _flat(name_all(old)), _flat(new)  # earlier versions kept dotted paths
    keys = [*after, *(key for key in before if key not in after)]
    return [
        f"{key.removesuffix(f'.{TARGET}')}: {_shown(before, key)} -> {_shown(after, key)}"
        for key in keys
        if not _is_free(key) and (key not in before or key not in after or before[key] != after[key])
    ]


def _is_free(key: str) -> bool:
    return any(key == free or key.startswith(f"{free}.") for free in (*FREE, *PLACES))


def _flat(values: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Values by dotted key; an empty mapping counts as a value."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, Mapping) and value:
            found.update(_flat(value, f"{prefix}{name}."))
        else:
            found[f"{prefix}{name}"] = value
    return found


def _shown(values: Mapping[str, Any], key: str) -> str:
    if key not in values:
        return "absent"
    value = values[key]
    return "null" if value is None else str(value)


def _mismatch(path: Path, changes: list[str]) -> str:
    listed = "".join(f"\n  {change}" for change in changes)
    return (
        f"run folder {path} belongs to another configuration (there -> now):{listed}\n"
        "Give the values it was started with to resume it, or start another search with run.name=NAME; "
        "only trials, stop, runner, tracking, data.loading and the place of the data may change"
    )


def _busy(path: Path) -> str:
    try:
        owner = json.loads((path / OWNER).read_text(encoding="utf-8"))
        who = f"process {owner['pid']} on host {owner['host']}"
    except (OSError, ValueError, KeyError, TypeError):
        who = "another process"  # it has not signed yet
    return (
        f"run folder {path} is in use by {who}; wait until it ends or stop it, "
        "or start another search with run.name=NAME"
    )


def _unwritable(path: Path, error: OSError) -> str:
    return (
        f"run folder {path} cannot be written ({error.strerror or error}); "
        "choose a folder that can with run.folder=DIR, or mend its permissions"
    )
