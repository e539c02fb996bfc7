"""Which searches can be compared, and the single-task networks that all of them are then related to."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

from search.components.component_names import name_all
from search.latency.pattern_latencies import KEPT
from search.problem.objectives import LATENCY
from search.results.results import Results
from search.study.baselines import read_kept_baselines
from search.study.run_config import list_changes
from spaces.common.atomic_files import read_json
from spaces.errors import ConfigError, DataError

BASELINES = "baselines.json"
# What a comparison is of. All else changes what a number means, or what it is related to.
VARIED = (
    *("space", "network", "weights_content", "run", "sampler", "scheduler", "epochs", "limits", "reference", "measure"),
)
MAY = "spaces, networks, seeds, samplers and limits may differ, data, tasks, objectives, recipe and baselines may not"


def refuse_incomparable(runs: Sequence[Results]) -> None:
    """See that numbers of several runs mean the same.

    Raises:
        ConfigError: fewer than two runs, one of them twice, or runs that differ in more than may vary, with what it is.
    """
    if len(runs) < 2:
        raise ConfigError(f"{len(runs)} run: want two or more to compare, such as runs/fusion-scenes runs/gates-scenes")
    seen: dict[str, Path] = {}
    for run in runs:
        if run.config["search_id"] in seen:
            raise ConfigError(f"{run.path} is the search of {seen[run.config['search_id']]}, too; name each once")
        seen[run.config["search_id"]] = run.path
    first = runs[0]
    for other in runs[1:]:
        found = [*_list_differences(first, other), *_list_machines(first, other)]
        if found:
            listed = "".join(f"\n  {each}" for each in found)
            raise ConfigError(
                f"{first.path} and {other.path} cannot be compared, for these differ (there -> here):{listed}\n{MAY}"
            )


def read_reference(run: Results) -> dict[str, float]:
    """Mean of every metric of a run's single-task networks, by "<task>.<metric>".

    Raises:
        DataError: they are not there yet, or the file is damaged.
    """
    path = run.path / BASELINES
    if not path.exists():
        raise DataError(
            f"{run.path} has no single-task networks yet, which its trials are related to; give the command of its "
            "search again, which goes on"
        )
    values: dict[str, list[float]] = {}
    for outcome in read_kept_baselines(path).values():
        for name, value in outcome.metrics.items():
            values.setdefault(name, []).append(value)
    return {name: fmean(each) for name, each in values.items()}


def _list_differences(first: Results, other: Results) -> list[str]:
    before, after = name_all(first.config), name_all(other.config)
    found = [each for each in list_changes(before, after) if not _may_vary(each)]
    if not any(each.startswith("data") for each in found) and _plain(before["tasks"]) != _plain(after["tasks"]):
        names = [", ".join(str(task.get("name")) for task in each["tasks"]) for each in (before, after)]
        found.append(f"tasks: {names[0]} -> {names[1]}")
    return found


def _list_machines(first: Results, other: Results) -> list[str]:
    """How the machines differ that latencies were measured on, where they are an objective."""
    if LATENCY.name not in first.config["objectives"]:
        return []
    there, here = (_read_machine(run.path / KEPT) for run in (first, other))
    return [
        f"{LATENCY.name} by {key}: {there.get(key)} -> {here.get(key)}"
        for key in dict.fromkeys((*there, *here))
        if there.get(key) != here.get(key)
    ]


def _read_machine(path: Path) -> dict[str, Any]:
    """What a run's latencies were measured by, without these."""
    return {key: value for key, value in read_json(path).items() if key != LATENCY.name} if path.exists() else {}


def _may_vary(change: str) -> bool:
    """Whether a line of `list_changes` tells what a comparison may be of, or an option that one version has not."""
    key, _, values = change.partition(": ")
    return key.partition(".")[0] in VARIED or values in ("absent -> null", "null -> absent")


def _plain(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=str)
