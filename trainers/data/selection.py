"""The field ``tasks`` of every data set: takes the names of those to train, gives the tasks themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any, Protocol

from spaces.errors import DataError
from spaces.fields import Fields
from trainers.tasks import Task

FEWEST = 2
"""Tasks a run needs: one alone has nobody to share with."""


class Selectable(Protocol):
    """A data set: knows its tasks by name, and which of them train when nothing is said."""

    @property
    def chosen(self) -> tuple[str, ...] | None:
        """Names given by the user, if any."""

    @property
    def available(self) -> Mapping[str, Task]:
        """All tasks that could be chosen."""

    @property
    def usual(self) -> Sequence[str]:
        """Names of those that are chosen when nothing is said."""


class Selection:
    """Descriptor of a data set's field ``tasks``: set to names (or None), read as a tuple of tasks.

    The names stay in the field ``chosen``. The tasks are made when they are asked for, since a specification
    may have to be read for them, and a configuration is composed without touching files.
    """

    def __get__(self, data: Selectable | None, owner: type | None = None) -> Any:
        """The chosen tasks, in the order chosen."""
        if data is None:
            return self
        return select(data.available, data.usual if data.chosen is None else data.chosen)

    def __set__(self, data: Selectable, names: Any) -> None:
        """Keep the names; a task stands for its name, as ``dataclasses.replace`` passes them."""
        if names is self:  # the field's default
            names = None
        if isinstance(names, Sequence) and not isinstance(names, str):
            names = tuple(name.name if isinstance(name, Task) else name for name in names)
        object.__setattr__(data, "chosen", names)  # the owner is frozen


def check_chosen(fields: Fields, chosen: Any) -> None:
    """Collect what is wrong with the names, as far as it can be told without knowing the tasks."""
    right = chosen is None or (
        isinstance(chosen, tuple) and all(isinstance(name, str) for name in chosen) and len(set(chosen)) == len(chosen)
    )
    shown = list(chosen) if isinstance(chosen, tuple) else chosen
    fields.require(right, f"data.tasks={shown}: want a list of distinct names, or null for the usual ones")


def select(available: Mapping[str, Task], names: Sequence[str]) -> tuple[Task, ...]:
    """The named tasks.

    Raises:
        DataError: a name that is not available, or fewer than two names.
    """
    problems = []
    for name in names:
        if name not in available:
            close = get_close_matches(name, available, 1)
            meant = f"; did you mean {close[0]!r}?" if close else ""
            there = ", ".join(available)
            problems.append(f"data.tasks: unknown task {name!r}, this data set has {there}{meant}")
    if len(names) < FEWEST:
        alone = f"data.tasks={list(names)}: want at least {FEWEST} tasks, for one alone has nobody to share with"
        problems.append(f"{alone}; this data set has {', '.join(available)}")
    if problems:
        raise DataError(problems)
    return tuple(available[name] for name in names)
