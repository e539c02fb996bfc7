"""What data sets with a specification have in common: where they lie, how they are called, which tasks they hold."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Protocol

from spaces.common.home import expand_home
from spaces.errors import DataError
from spaces.fields import Fields
from trainers.data.dataset import DataSet
from trainers.data.folders.names import is_text, show_bytes
from trainers.data.specs.parsing import Format, explain_missing_spec, locate_spec
from trainers.data.specs.selection import check_names, select_tasks
from trainers.tasks import Task


class Described(Protocol):
    """What any specification says."""

    @property
    def tasks(self) -> Mapping[str, Task]:
        """By name, in the order of the file."""

    @property
    def default(self) -> tuple[str, ...]:
        """Names of the tasks that train when nothing is said."""

    @property
    def source(self) -> str:
        """Where such data comes from, or ""."""


@dataclass(frozen=True)
class Specified(DataSet, ABC):
    """A folder, read as a specification says.

    Args:
        root: the folder.
        spec: path of the specification, or the name of a shipped one.
        tasks: names of the tasks to train; None for the specification's default.

    Raises:
        ConfigError: a value of the wrong type.
    """

    root: str | None = None
    spec: str | None = None
    tasks: tuple[str, ...] | None = None
    # Absolute, since workers may run in another folder than the one that relative paths start from.
    _folder: Path | None = field(init=False, default=None, repr=False)
    _file: Path | None = field(init=False, default=None, repr=False)

    group: ClassVar[str] = "data"
    form: ClassVar[Format]
    """Of its specifications."""

    def __post_init__(self) -> None:
        fields = Fields(self)
        for name in ("root", "spec"):
            if getattr(self, name) is not None:
                fields.text(name)
        check_names(fields, self.tasks)
        self._check(fields)
        fields.done()
        if self.tasks is not None:
            object.__setattr__(self, "tasks", tuple(self.tasks))
        if self.root is not None:
            object.__setattr__(self, "_folder", expand_home(self.root, "data.root").absolute())
        if self.spec is not None:
            object.__setattr__(self, "_file", locate_spec(self.spec, self.form))

    def _check(self, fields: Fields) -> None:
        """Checks of further fields, collected with the common ones."""

    @property
    def name(self) -> str:
        """Name of the specification."""
        return self._file.stem if self._file else type(self).__name__.lower()

    @property
    def available(self) -> Mapping[str, Task]:
        """Every task of the specification."""
        return self._spec.tasks

    @property
    def selected(self) -> tuple[Task, ...]:
        """The tasks that train, in the order named."""
        return select_tasks(self.available, self._spec.default if self.tasks is None else self.tasks)

    @property
    @abstractmethod
    def _spec(self) -> Described:
        """The specification, read."""

    def _specification(self) -> Path:
        """Its file.

        Raises:
            DataError: it is not given.
        """
        if self._file is None:
            raise DataError(explain_missing_spec(self.form))
        return self._file

    def _placed(self, want: str) -> Path:
        """The folder.

        Args:
            want: what it should be, for the message.

        Raises:
            DataError: it is not given, or not there.
        """
        if self._folder is not None and not is_text(str(self._folder)):
            shown = show_bytes(str(self._folder))
            raise DataError(f"data.root: {shown} is no text in UTF-8; rename the folder, or the one that it lies in")
        if self._folder is not None and self._folder.is_dir():
            return self._folder
        given = " is not given" if self._folder is None else f"={self.root}: no folder {self._folder}"
        source = f". Such data: {self._spec.source}" if self._spec.source else ""
        raise DataError(f"data.root{given}; {want}{source}")
