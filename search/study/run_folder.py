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

from search.config.settings import Settings
from search.study.run_config import CONFIG, explain_mismatch, list_changes, list_contents, read_config
from spaces.common.atomic_files import write_json, write_text
from spaces.common.machine_faults import find_mend
from spaces.errors import ConfigError

ELSEWHERE = "choose a folder that can with run.folder=DIR"
LOCK, OWNER, TRIALS = ".lock", ".owner.json", "trials"
BASELINES = "baselines.csv"  # written at the good end of a search alone
# What a run that was killed before its config.yaml was whole leaves behind.
OURS = re.compile(r"\.lock|\.owner\.json|\.(\.owner\.json|config\.yaml)\.[0-9a-f]+\.tmp")


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
def open_folder(settings: Settings, *, elsewhere: str = ELSEWHERE) -> Iterator[RunFolder]:
    """Opens the run folder of a search, new or to be resumed, and holds it until the block ends.

    Args:
        settings: the search.
        elsewhere: what to do where the folder can never be written.

    Yields:
        The folder, with ``config.yaml`` written and ``trials/`` made.

    Raises:
        ConfigError: the folder belongs to another configuration, to something else or to a live process, or
            cannot be written.
    """
    path, new = settings.run.folder / settings.run.name, list_contents(settings)
    try:
        _refuse_foreign(path)
        path.mkdir(parents=True, exist_ok=True)
        lock = FileLock(path / LOCK)
        lock.acquire(timeout=0)
    except Timeout:
        raise ConfigError(_busy(path)) from None
    except OSError as error:
        raise ConfigError(_unwritable(path, error, elsewhere)) from error
    try:
        try:
            folder = _claimed(path, new)
        except OSError as error:
            raise ConfigError(_unwritable(path, error, elsewhere)) from error
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
    _earlier(path, list_contents(settings))
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


def _earlier(path: Path, new: Mapping[str, Any]) -> tuple[dict[str, Any], bool]:
    """The configuration of an earlier start that this one goes on with, if any, and whether a search had begun."""
    if not path.exists():
        return {}, False
    old = read_config(path) if (path / CONFIG).exists() else {}
    changes = list_changes(old, new) if old else []
    # A search that was refused or stopped before its study began leaves nothing that could be mixed up.
    begun = any(p.name not in (CONFIG, TRIALS) for p in _others(path)) or any((path / TRIALS).glob("*"))
    if changes and begun:
        raise ConfigError(explain_mismatch(path, changes))
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


def _unwritable(path: Path, error: OSError, elsewhere: str) -> str:
    return f"run folder {path} cannot be written ({error.strerror or error}); {find_mend(error)}, or {elsewhere}"
