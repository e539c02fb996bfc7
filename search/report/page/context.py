"""What a page tells beside the trials, as a run folder has it: the run, single-task networks, files, pictures."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from search.components.components import build_component
from search.config.command import spell_command
from search.report.page.sharing_effects import shares_alike
from search.results.kept_weights import find_weights
from search.standing.started import read_started
from search.study.fronts.final_files import load_finals
from search.study.run_config import CONFIG, read_config
from spaces.errors import UserError

if TYPE_CHECKING:
    from search.jobs.trial import Trial
    from search.report.page.sharing_effects import Effect
    from trainers.tasks.task import Task


@dataclass(frozen=True)
class Context:
    """Beside the trials.

    Args:
        facts: of the run, by name: data, tasks, space, date, commit, command, folder.
        weights: files of them in the run folder, by number of the trial.
        export: command that exports a trial, its number to be put at the end; empty where there is no run.
        alike: whether the same tasks share the same stages in all patterns of the space, so that none tells who should.
        estimated: who should share what by a supernet's estimates, where there is one.
        progress: how far a search is that has not ended, such as "11 of 18 trials, refreshed 12:03"; empty at its end.
        running: whether it goes on, so that the page is to be read again.
    """

    facts: Mapping[str, str] = field(default_factory=dict)
    weights: Mapping[int, str] = field(default_factory=dict)
    export: str = ""
    alike: bool = False
    estimated: Sequence[Effect] = ()
    progress: str = ""
    running: bool = False


NO_CONTEXT = Context()


def gather_context(folder: Path, trials: Sequence[Trial], tasks: Sequence[Task]) -> Context:
    """What a run folder has to tell; of what is missing or damaged, nothing."""
    try:
        config: Mapping[str, Any] = read_config(folder) if (folder / CONFIG).is_file() else {}
    except (UserError, OSError):
        config = {}
    export = spell_command("search.export", shlex.quote(str(folder.absolute())), anywhere=True) if config else ""
    return Context(_tell_run(folder, config, tasks), _find(folder, trials), export, _shares_alike(config, tasks))


def _shares_alike(config: Mapping[str, Any], tasks: Sequence[Task]) -> bool:
    """Of the run's space, if it is here."""
    try:
        space = build_component(config["space"], "space")
        return shares_alike(space, sorted(task.name for task in tasks))
    except (UserError, KeyError):
        return False


def _tell_run(folder: Path, config: Mapping[str, Any], tasks: Sequence[Task]) -> dict[str, str]:
    """Facts of a run, those that are known."""
    parts = {name: str(dict(config.get(name) or {}).get("_target_", "")) for name in ("data", "space", "network")}
    parts = {name: target.rpartition("/")[2] for name, target in parts.items()}
    data = dict(config.get("data") or {}).get("root")
    begun = config.get("begun")
    date = datetime.fromtimestamp(int(begun), UTC).astimezone().strftime("%Y-%m-%d %H:%M") if begun else ""
    facts = {
        "data": f"{parts['data']} ({data})" if data else parts["data"],
        "tasks": ", ".join(f"{task.name} ({task.kind})" if task.kind != task.name else task.name for task in tasks),
        "space": parts["space"],
        "network": parts["network"],
        "begun": date,
        "commit": ", ".join(read_started(folder).commits),
        "command": _read_command(folder),
        "run folder": str(folder) if config else "",
    }
    return {name: value for name, value in facts.items() if value}


def _read_command(folder: Path) -> str:
    """That of the last start, for whoever has the page: with the folder that paths in it start from."""
    started = read_started(folder)
    if started.arguments is None:
        return ""
    way = f"cd {shlex.quote(started.place)} && " if started.place else ""
    return way + spell_command("search.run", started.arguments, anywhere=True)


def _find(folder: Path, trials: Sequence[Trial]) -> dict[int, str]:
    """Where in the run folder the weights of trials are that an export takes."""
    try:
        finals = load_finals(folder)
    except UserError:
        return {}
    found = {trial.number: find_weights(folder, trial, finals) for trial in trials}
    return {number: place.relative_to(folder).as_posix() for number, place in found.items() if place}
