"""The folder of a sweep: who may use it, which lists it is of, and which of its runs have finished."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from filelock import FileLock, Timeout

from search.study.run_config import CONFIG
from search.sweeping.lists import Listed
from search.sweeping.sweep import Sweep, SweptRun
from spaces.common.atomic_files import read_json, write_json
from spaces.errors import ConfigError

RECORD, LOCK = "sweep.json", ".lock"
MEND = "give another folder with run.name=NAME"


@dataclass
class Record:
    """What a sweep's folder keeps of it.

    Args:
        path: of its file.
        lists: values by key; those of earlier starts are among them.
        finished: digest of what a run was asked for when it finished, by its name.
    """

    path: Path
    lists: dict[str, list[str]]
    finished: dict[str, str] = field(default_factory=dict)

    def has(self, run: SweptRun) -> bool:
        """Whether there is nothing left of a run; one that tries failed trials again is asked each time."""
        there = (run.folder / CONFIG).is_file()
        return there and run.settings.retry is None and self.finished.get(run.name) == run.digest

    def finish(self, run: SweptRun) -> None:
        """Keep that a run has finished."""
        self.finished[run.name] = run.digest
        self.write()

    def write(self) -> None:
        """Write the file, whole or not at all."""
        write_json(self.path, {"lists": self.lists, "finished": self.finished})


def read_record(sweep: Sweep) -> Record:
    """The record of a sweep, new or of its earlier starts; nothing is written.

    Raises:
        ConfigError: the folder holds a search, another sweep or something else.
    """
    path, folder = sweep.folder / RECORD, sweep.folder
    if folder.exists() and not folder.is_dir():
        raise ConfigError(f"sweep folder {folder} is a file; {MEND}")
    if (folder / CONFIG).exists():
        raise ConfigError(f"sweep folder {folder} is the run folder of a search; {MEND}")
    lists = {each.key: list(each.values) for each in sweep.lists}
    if not path.exists():
        names = sorted(each.name for each in folder.iterdir() if each.name != LOCK) if folder.is_dir() else []
        if [name for name in names if not name.startswith(f".{RECORD}.")]:
            shown = ", ".join(names[:5]) + (", ..." if len(names) > 5 else "")
            raise ConfigError(f"sweep folder {folder} holds {shown} but no {RECORD}, so it is no sweep; {MEND}")
        return Record(path, lists)
    kept = _read(path)
    if told := _list_changes(kept.lists, sweep.lists):
        raise ConfigError(
            f"sweep folder {folder} holds another sweep ({'; '.join(told)}): give its own lists, which may "
            "have further values, or another folder with run.name=NAME"
        )
    return Record(path, lists, kept.finished)


@contextmanager
def open_record(sweep: Sweep) -> Iterator[Record]:
    """The same, held until the block ends by this process alone, and written.

    Raises:
        ConfigError: as `read_record`, or the folder is in use or cannot be written.
    """
    read_record(sweep)
    try:
        sweep.folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(sweep.folder / LOCK)
        lock.acquire(timeout=0)
    except Timeout:
        raise ConfigError(f"sweep folder {sweep.folder} is in use by another process; wait until it ends") from None
    except OSError as error:
        raise ConfigError(
            f"sweep folder {sweep.folder} cannot be written ({error.strerror or error}); choose one that can with "
            "run.folder=DIR"
        ) from error
    try:
        record = read_record(sweep)
        record.write()
        yield record
    finally:
        lock.release()


def _read(path: Path) -> Record:
    """What the file says.

    Raises:
        ConfigError: it is damaged.
    """
    stored = read_json(path)
    lists, finished = (stored.get(name) if isinstance(stored, dict) else None for name in ("lists", "finished"))
    if not (
        isinstance(lists, dict)
        and isinstance(finished, dict)
        and all(isinstance(values, list) and all(isinstance(each, str) for each in values) for values in lists.values())
    ):
        raise ConfigError(
            f"{path}: no lists of a sweep; it was damaged from outside: restore it from a copy, or remove it after "
            "moving the runs beside it to another folder"
        )
    return Record(path, lists, finished)


def _list_changes(kept: dict[str, list[str]], given: Sequence[Listed]) -> list[str]:
    """What keeps lists from being a continuation of those that are kept: other keys, or values that are gone."""
    here = {each.key: each.values for each in given}
    if set(kept) != set(here):
        return [f"of {', '.join(kept)} and not of {', '.join(here)}"]
    gone = {key: [value for value in values if value not in here[key]] for key, values in kept.items()}
    return [f"{key}={','.join(values)} is missing" for key, values in gone.items() if values]
