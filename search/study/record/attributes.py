"""What Optuna's record tells people: flat attributes of trials, to be sorted by, and a note on the study."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import optuna
from optuna.exceptions import ExperimentalWarning
from optuna.storages import JournalStorage

from search.jobs.trial import Trial
from search.problem.objectives import BEFOREHAND, DELTA_MTL, WORST_DELTA
from search.problem.problem import Problem
from search.study.record.decisions import PREFIX

STATUS = "status"
DELTAS = (DELTA_MTL.name, WORST_DELTA.name)
# Where optuna-dashboard keeps the note of a study (its own constants, recalled from its sources).
VERSION, BODY = "dashboard:note_ver", "dashboard:note_str:0"


def list_attributes(trial: Trial, tasks: Sequence[str]) -> dict[str, Any]:
    """Attributes of a trial that has ended, a number or text each; what is not known is left out.

    Args:
        trial: that has ended.
        tasks: of the search; one change against single-task networks each.
    """
    names = [*DELTAS, *(f"{task}.delta" for task in tasks)]
    numbers = {name: trial.metrics[name] for name in names if name in trial.metrics}
    numbers |= {"macs": trial.macs, "params": trial.params, "seconds": trial.seconds, "epochs": trial.epochs}
    told: dict[str, Any] = {STATUS: trial.status}
    told |= {name: value for name, value in numbers.items() if math.isfinite(value)}
    return told | ({"reason": trial.reason} if trial.reason else {})


def choose_shown(values: Mapping[str, float], problem: Problem) -> float | None:
    """The one value at a pause that Optuna has room for: of the first objective that a training decides."""
    names = [each.name for each in problem.objectives if each not in BEFOREHAND and each.name in values]
    return values[names[0]] if names and math.isfinite(values[names[0]]) else None


def describe_study(study: optuna.Study, problem: Problem, sampler: str) -> None:
    """Name the objectives, and say what this is, where that has not been said; a note that was edited stays."""
    names = [objective.name for objective in problem.objectives]
    if study.metric_names != names:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ExperimentalWarning)
            study.set_metric_names(names)
    storage, number = study._storage, study._study_id
    if VERSION not in storage.get_study_system_attrs(number):
        storage.set_study_system_attr(number, BODY, _write_note(problem, sampler))
        storage.set_study_system_attr(number, VERSION, 1)


def _write_note(problem: Problem, sampler: str) -> str:
    """In Markdown; optuna-dashboard takes 2,045 characters in one piece."""
    goals = ", ".join(f"**{objective.label}** ({objective.direction})" for objective in problem.objectives)
    return (
        f"A search over what the tasks {', '.join(problem.tasks)} share in one network: space `{problem.space.name}`, "
        f"sampler `{sampler}`. A trial is one sharing pattern, trained; traded off are {goals}.\n\n"
        f"- Parameters `{PREFIX}...` decide who shares what, until where; those with one option are left out.\n"
        "- `delta_mtl` is the mean change of the tasks' headline metrics against single-task networks, in percent, "
        "`<task>.delta` that of one task; positive is better.\n"
        "- `macs` and `params` are the network's multiply-accumulates for one image, and its parameters.\n"
        "- `sharing` is the pattern in a line, `key` its name in the run folder, `status` how the trial ended.\n\n"
        "The run folder that this file lies in is the truth: `front.html` shows the front. Trials that are queued here "
        "are trained next."
    )


@contextmanager
def written_together(study: optuna.Study) -> Iterator[None]:
    """What is recorded in the block reaches the file at once at its end: a sync with the disk takes milliseconds."""
    storage = study._storage
    backend = storage._backend if isinstance(storage, JournalStorage) else None
    if backend is None:
        yield
        return
    kept: list[dict[str, Any]] = []
    write = backend.append_logs

    def keep(logs: list[dict[str, Any]]) -> None:
        kept.extend(logs)

    backend.append_logs = keep  # type: ignore[method-assign]
    try:
        yield
    finally:
        backend.append_logs = write  # type: ignore[method-assign]
        if kept:
            write(kept)
