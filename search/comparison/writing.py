"""Files of a comparison: the page, its picture, and a table of all trials."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from search.comparison.evidence import CONFIRMED, SHORT, TRIAL
from search.comparison.pooled import Pooled
from search.jobs.trial_columns import COSTS, read_shown_columns
from search.problem.objectives import BEFOREHAND, format_value, volume_units
from search.report.figures.front_figure import render_front_svg, save_png
from search.report.figures.runs_figure import draw_runs_figure
from search.report.page.page import write_page
from spaces.common.atomic_files import write_text
from spaces.common.formatting import align_columns, format_count
from spaces.common.terminal import find_room
from spaces.drawing.one_line import describe_in_line

OTHERWISE = "The front is that of these values, without best guesses."
FILES = ("front.html", "front.png", "trials.csv")


def write_comparison(folder: Path, pooled: Pooled) -> None:
    """Write or replace the files."""
    figure = draw_runs_figure(pooled.view, pooled.numbers)
    save_png(folder / "front.png", figure)
    lead = [*describe_runs(pooled), *describe_terms(pooled)]
    write_page(folder / "front.html", " and ".join(pooled.numbers), pooled.view, render_front_svg(figure), (), lead)
    write_text(folder / "trials.csv", tabulate_pooled(pooled))


def tabulate_pooled(pooled: Pooled) -> str:
    """A row a trial as CSV: run, number there, whether it is on the front of all, then as in a run's trials.csv."""
    view = pooled.view
    names = [objective.name for objective in view.objectives]
    metrics = sorted({name for trial in view.trials for name in trial.metrics} - set(names))
    costs = [name for name in COSTS if name not in names]
    columns = [*names, *costs, *metrics, "sharing", "seconds", "epochs", "network_key", "reason"]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    measured = [each.name for each in view.objectives if each not in BEFOREHAND] if view.confirmed else []
    ends = [(name, end) for name in measured for end in ("low", "high")]
    writer.writerow(["run", "number", "front", "status", "values", *columns, *(f"{name}.{end}" for name, end in ends)])
    for trial in view.trials:
        run, _, number = trial.key.rpartition("/")
        told, kind = view.confirmed.get(trial.number, {}), pooled.evidence[run].kind
        row = read_shown_columns(trial, columns)
        on_front = "yes" if trial.number in view.members else ""
        cells = [row.get(column, "") for column in columns]
        cells += [getattr(told[name], end) if name in told else "" for name, end in ends]
        cells = ["" if isinstance(cell, float) and cell != cell else cell for cell in cells]
        writer.writerow([run, number, on_front, trial.status, kind, *cells])
    return text.getvalue()


def describe_runs(pooled: Pooled) -> list[str]:
    """A sentence a run: what it adds to the front of all."""
    view = pooled.view
    lines = []
    for name, numbers in pooled.numbers.items():
        on_front = len(view.members & set(numbers))
        volume = format_count(pooled.measure_volume(name))
        evidence = pooled.evidence[name]
        others = f"; {evidence.others} more trials have none of that kind and are left out" if evidence.others else ""
        lines.append(
            f"{name}: {on_front} of {len(numbers)} trials on the front of all, hypervolume alone {volume}; values are "
            f"{evidence.words}{others}."
        )
    whole = format_count(float(view.volumes.max(initial=0.0)))
    point = ", ".join(f"{o.name} {format_value(o, v)}" for o, v in zip(view.objectives, view.reference, strict=True))
    return [*lines, f"Together: hypervolume {whole} [{volume_units(view.objectives)}] from the point {point}."]


def describe_terms(pooled: Pooled) -> list[str]:
    """What the numbers are."""
    first = next(iter(pooled.numbers))
    related = f"Deltas of all runs are against the single-task networks of {first}" + (
        ", for the others' differ." if pooled.related else ", as in their own tables."
    )
    guessed = (
        "The front is that of best guesses, each within its run."
        if pooled.guessed
        else "The front is that of single trainings, for not every run has trials enough for best guesses."
    )
    mixed = (
        "Values are of several kinds: those that were chosen among on the validation split flatter, confirmed ones do "
        "not. Confirm the other runs (python -m search.confirm RUN), or take one kind of all, such as --values trial."
    )
    fresh = (
        "Deltas of confirmed values are against fresh single-task networks on the test split, the same for all runs."
    )
    kinds = {each.kind for each in pooled.evidence.values()}
    better = (
        "Some runs have better values than these: --values best takes the best that each has, and python -m "
        "search.confirm RUN measures the others' networks likewise."
    )
    told = [] if kinds == {CONFIRMED} else [related, guessed if kinds == {TRIAL} else OTHERWISE]
    return [
        *told,
        *([fresh] if CONFIRMED in kinds else []),
        *([mixed] if pooled.mixed else []),
        *([better] if pooled.better else []),
    ]


def format_front(pooled: Pooled) -> str:
    """The front of all for the terminal, cheapest first."""
    view = pooled.view
    heads = (objective.label for objective in view.objectives)
    rows: list[Sequence[str]] = [["run/trial", "values", *heads, "sharing"]]
    for trial in view.front:
        values = (format_value(each, trial.objectives[each.name]) for each in view.objectives)
        kind = pooled.evidence[pooled.find_run(trial.number)].kind
        rows.append([trial.key, SHORT[kind], *values, describe_in_line(trial.pattern)])
    return "\n".join(align_columns(rows, find_room()))
