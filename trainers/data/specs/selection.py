"""Which of a data set's tasks train: checks of its field ``tasks``, and the tasks that the names mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from spaces.common.suggestions import suggest
from spaces.errors import DataError
from spaces.fields import Fields
from trainers.tasks import Task

FEWEST = 2
"""Tasks a run needs: one alone has nobody to share with."""


def check_names(fields: Fields, names: Any) -> None:
    """Collect what is wrong with the names, as far as it can be told without knowing the tasks."""
    listed = isinstance(names, Sequence) and not isinstance(names, str)
    right = names is None or (listed and all(isinstance(name, str) for name in names) and len(set(names)) == len(names))
    shown = list(names) if listed else names
    fields.require(right, f"data.tasks={shown}: want a list of distinct names, or null for the usual ones")


def select_tasks(available: Mapping[str, Task], names: Sequence[str]) -> tuple[Task, ...]:
    """The named tasks.

    Raises:
        DataError: a name that is not available, or fewer than two names.
    """
    problems = []
    for name in names:
        if name not in available:
            meant = suggest(name, available).removesuffix(".")
            there = ", ".join(available)
            problems.append(f"data.tasks: unknown task {name!r}, this data set has {there}{meant}")
    if len(names) < FEWEST:
        alone = f"data.tasks={list(names)}: want at least {FEWEST} tasks, for one alone has nobody to share with"
        problems.append(f"{alone}; this data set has {', '.join(available)}")
    if problems:
        raise DataError(problems)
    return tuple(available[name] for name in names)
