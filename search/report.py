"""The files a search leaves for people: tables, the figure, and a folder for each member of the Pareto front.

Called by the driver, from the trials alone: the same trials give the same files, however often and after
whatever interruption they are written.
"""

from __future__ import annotations

import csv
import io
import math
import re
import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from search import pareto
from search.atomic import replacing, write_json, write_text
from search.brief import human, one_line, shown
from search.objectives import MACS, PARAMS, Objective
from search.ranks import mean_ranks
from search.standing import Standing
from search.trial import Trial

if TYPE_CHECKING:
    from search.receipt import Receipt
    from trainers.tasks.task import Task

NO_MARKS: Mapping[str, str] = MappingProxyType({})
NO_RANKS: Mapping[int, float] = MappingProxyType({})
MEMBER = re.compile(r"\d+-[0-9a-f]{16}")  # name of a front member's folder: number and key


def write(
    folder: Path,
    trials: Sequence[Trial],
    objectives: Sequence[Objective],
    reference: Sequence[float],
    tasks: Sequence[Task],
    marks: Mapping[str, str] = NO_MARKS,
    receipt: Receipt | None = None,
) -> tuple[Trial, ...]:
    """Write or bring up to date the tables, front.png, front.html, receipt.json and the folders of the front's members.

    Args:
        folder: the run folder; weights are copied from `trials/0012.pt` where they are.
        trials: all finished trials, in any order.
        objectives: what was optimised.
        reference: reference point of the hypervolume, one value an objective.
        tasks: the tasks of the run, for the order of the columns.
        marks: words by key of the patterns that people look for, such as "all fused".
        receipt: what the run has cost; without one, none is written.

    Returns:
        The front, cheapest first.
    """
    from search import page, plots  # matplotlib, which a run that only writes tables does without

    members = tables(folder, trials, objectives, tasks, marks)
    _member_folders(folder, members)
    standing = Standing(_by_number(trials), members, objectives, reference, marks)
    figure = plots.draw(standing)
    plots.save_png(folder / "front.png", figure)
    page.write(
        folder / "front.html", folder.resolve().name, standing, plots.svg(figure), receipt.lines if receipt else ()
    )
    if receipt:
        write_json(folder / "receipt.json", receipt.to_json())
    return members


def tables(
    folder: Path,
    trials: Sequence[Trial],
    objectives: Sequence[Objective],
    tasks: Sequence[Task],
    marks: Mapping[str, str] = NO_MARKS,
) -> tuple[Trial, ...]:
    """Write or bring up to date trials.csv and front.csv alone; cheap enough for after each trial.

    Returns:
        The front, cheapest first.
    """
    trials = _by_number(trials)
    members = front(trials, objectives)
    names = [objective.name for objective in objectives]
    costs = [name for name in ("macs", "flops", "params", "fixed") if name not in names]
    metrics = [name for name in _metric_names(trials, tasks) if name not in names]
    ranks = mean_ranks(trials, tasks)
    last = [*["mean_rank"] * bool(ranks), "seconds", "epochs", "network_key", "reason"]
    columns = ["number", "key", "status", "mark", *names, *costs, *metrics, *last]
    write_text(folder / "trials.csv", _table(columns, trials, marks, ranks))
    write_text(folder / "front.csv", _table(["key", "number", *names, *metrics, *costs, "mark"], members, marks))
    return members


def front(trials: Iterable[Trial], objectives: Sequence[Objective]) -> tuple[Trial, ...]:
    """The complete trials that no other one dominates, cheapest first, each key once."""
    names = [objective.name for objective in objectives]
    sound = [
        trial
        for trial in sorted(trials, key=lambda trial: trial.number)
        if trial.complete and all(math.isfinite(trial.objectives.get(name, math.nan)) for name in names)
    ]
    values = np.array([[trial.objectives[name] for name in names] for trial in sound], dtype=float)
    best = pareto.front(values, [objective.direction for objective in objectives])
    distinct: dict[str, Trial] = {}
    for row in best:
        distinct.setdefault(sound[row].key, sound[row])
    return tuple(sorted(distinct.values(), key=lambda trial: (trial.macs, trial.number)))


def summary(members: Sequence[Trial], objectives: Sequence[Objective], width: int = 110) -> str:
    """The front as a table for the terminal, cheapest first.

    Args:
        members: as `write` or `front` gave them.
        objectives: what was optimised.
        width: columns of the terminal.
    """
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    if not members:
        return "No front: no trial has completed. The column 'reason' of trials.csv says why each one failed.\n"
    table = Table(title="Pareto front, cheapest first", title_justify="left", box=box.SIMPLE_HEAD)
    table.add_column("trial", justify="right")
    shown_apart = [objective for objective in objectives if objective not in (MACS, PARAMS)]
    for objective in shown_apart:
        table.add_column(objective.label, justify="right")
    table.add_column("MACs", justify="right")
    table.add_column("parameters", justify="right")
    table.add_column("what is shared, from the encoder to the heads", overflow="fold")
    for trial in members:
        numbers = [shown(o, trial.objectives[o.name]).removesuffix(o.unit).strip() for o in shown_apart]
        costs = [human(trial.macs), human(trial.params)]
        table.add_row(str(trial.number), *numbers, *costs, Text(one_line(trial.pattern)))
    text = io.StringIO()
    Console(file=text, width=width, color_system=None, force_terminal=False).print(table)
    return "\n".join(line.rstrip() for line in text.getvalue().splitlines()) + "\n"


def markdown(members: Sequence[Trial], objectives: Sequence[Objective], receipt: Receipt | None = None) -> str:
    """The front as a Markdown table and what it has cost, for the page of the run in MLflow."""
    return "\n\n".join([_front_table(members, objectives), *(receipt.lines if receipt else ())])


def _front_table(members: Sequence[Trial], objectives: Sequence[Objective]) -> str:
    if not members:
        return "No front: no trial has completed."
    head = ["trial", *(objective.name for objective in objectives), "sharing"]
    rows = [
        [
            str(t.number),
            *(shown(o, t.objectives[o.name]) for o in objectives),
            _cell_safe(one_line(t.pattern)),
        ]
        for t in members
    ]
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def pictures(folder: Path, members: Iterable[Trial]) -> list[Path]:
    """The drawings of the front's members, as `write` left them."""
    return [_member_folder(folder, trial) / "pattern.svg" for trial in members]


def _member_folders(folder: Path, members: Sequence[Trial]) -> None:
    from spaces.picture import svg, text

    for trial in members:
        place = _member_folder(folder, trial)
        title = f"trial {trial.number}, {human(trial.macs)}MACs, {human(trial.params)} parameters"
        write_text(place / "pattern.txt", text(trial.pattern).rstrip() + "\n")
        write_text(place / "pattern.svg", svg(trial.pattern, title))
        write_json(place / "pattern.json", trial.pattern.to_json())
        if trial.masks:
            write_json(place / "masks.json", dict(trial.masks))
        _copy_if_changed(folder / "trials" / f"{trial.number:04d}.pt", place / "weights.pt")
    current = {_member_folder(folder, trial).name for trial in members}
    (folder / "front").mkdir(parents=True, exist_ok=True)
    for place in (folder / "front").iterdir():
        # Only what this report has made; a folder that somebody put there stays.
        if MEMBER.fullmatch(place.name) and place.name not in current:
            shutil.rmtree(place)


def _member_folder(folder: Path, trial: Trial) -> Path:
    return folder / "front" / f"{trial.number}-{trial.key}"


def _copy_if_changed(source: Path, target: Path) -> None:
    if not source.exists():
        return
    ours = target.stat() if target.exists() else None
    theirs = source.stat()
    if ours is None or (ours.st_size, ours.st_mtime_ns) != (theirs.st_size, theirs.st_mtime_ns):
        with replacing(target) as temporary:
            shutil.copy2(source, temporary)


def _table(
    columns: Sequence[str], trials: Iterable[Trial], marks: Mapping[str, str], ranks: Mapping[int, float] = NO_RANKS
) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    for trial in trials:
        row = _row(trial) | {"mark": marks.get(trial.key), "mean_rank": ranks.get(trial.number)}
        writer.writerow([_cell(row.get(column)) for column in columns])
    return text.getvalue()


def _row(trial: Trial) -> dict[str, Any]:
    return {
        **trial.metrics,
        **trial.objectives,
        "number": trial.number,
        "key": trial.key,
        "status": trial.status,
        "macs": trial.macs,
        "flops": 2 * trial.macs,
        "params": trial.params,
        "fixed": trial.fixed,
        "network_key": trial.network_key,
        "seconds": round(trial.seconds, 3),
        "epochs": trial.epochs,
        "reason": " ".join(trial.reason.split()),
    }


def _cell(value: Any) -> Any:
    """A cell; what is not known stays empty, for "nan" reads as a text in most programs."""
    return "" if value is None or (isinstance(value, float) and not math.isfinite(value)) else value


def _metric_names(trials: Iterable[Trial], tasks: Sequence[Task]) -> list[str]:
    """Columns of metrics: those of the tasks in their order, then the deltas, then what else was measured."""
    names = [f"{task.name}.{metric.name}" for task in tasks for metric in task.table]
    names += ["delta_mtl", "worst_delta", *(f"{task.name}.delta" for task in tasks)]
    return names + sorted({name for trial in trials for name in trial.metrics} - set(names))


def _by_number(trials: Iterable[Trial]) -> list[Trial]:
    return sorted(trials, key=lambda trial: trial.number)


def _cell_safe(text: str) -> str:
    """A text that may stand in a Markdown table, in which | parts the cells."""
    return text.replace("|", "\\|")
