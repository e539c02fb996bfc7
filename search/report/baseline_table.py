"""The table of baselines that a front is read against: the best constant predictions, and single-task networks.

Both on the validation split, by headline metric. A front member that loses to a constant has learned nothing of that
task, however good its other numbers are.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from statistics import fmean, stdev
from typing import TYPE_CHECKING

from spaces.common.atomic_files import write_text
from spaces.common.formatting import align_columns, count_places, format_macs, format_number, format_pair
from spaces.common.terminal import find_room, lay_out

if TYPE_CHECKING:
    from search.jobs.job import Outcome
    from search.jobs.trial import Trial
    from trainers.tasks.task import Task


@dataclass(frozen=True)
class BaselineRow:
    """One task's headline metric on the validation split.

    Args:
        task: its name.
        role: "main" or "auxiliary".
        metric: name of the headline metric.
        unit: of the values.
        better: "higher" or "lower".
        trivial: of the best constant prediction.
        single_task: mean over the single-task networks.
        spread: their standard deviation; 0 for one network.
        networks: how many there are.
        macs: multiply-accumulates of one of them.
    """

    task: str
    role: str
    metric: str
    unit: str
    better: str
    trivial: float
    single_task: float
    spread: float
    networks: int
    macs: int

    @property
    def name(self) -> str:
        """As trials call the metric."""
        return f"{self.task}.{self.metric}"

    def beaten_by(self, trial: Trial) -> bool:
        """Whether a trial is better than the constant prediction."""
        value = trial.metrics[self.name]
        return value > self.trivial if self.better == "higher" else value < self.trivial


def make_baseline_rows(
    tasks: Sequence[Task], outcomes: Iterable[Outcome], trivial: Mapping[str, float], macs: Mapping[str, int]
) -> tuple[BaselineRow, ...]:
    """One row a task.

    Args:
        tasks: of the run.
        outcomes: of all single-task networks.
        trivial: "<task>.<metric>" -> value of the best constant prediction on the validation split.
        macs: multiply-accumulates of each task's single-task network.
    """
    found = list(outcomes)
    rows = []
    for task in tasks:
        metric = next(metric for metric in task.table if metric.name == task.headline)
        name = f"{task.name}.{metric.name}"
        values = [outcome.metrics[name] for outcome in found if name in outcome.metrics]
        better = "higher" if metric.higher_is_better else "lower"
        spread = stdev(values) if len(values) > 1 else 0.0
        numbers = (trivial[name], fmean(values), spread, len(values), macs[task.name])
        rows.append(BaselineRow(task.name, task.role, metric.name, metric.unit, better, *numbers))
    return tuple(rows)


def write_baseline_table(path: Path, rows: Sequence[BaselineRow]) -> None:
    """Write the baselines as a CSV file."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow([field.name for field in fields(BaselineRow)])
    table.writerows(astuple(row) for row in rows)
    write_text(path, text.getvalue())


def summarise_baselines(rows: Sequence[BaselineRow], members: Sequence[Trial]) -> str:
    """The baselines beside the range of the front, and which members lose to a constant, for the terminal."""
    table = [["validation split", "better", "constant", "single-task", "on the front"]]
    for row in rows:
        values = sorted(trial.metrics[row.name] for trial in members)
        reach = f"{_show(row, values[0])} to {_show(row, values[-1])}" if values else "-"
        single = format_pair(row.single_task, row.spread)
        unit = f" {row.unit}" if row.unit else ""
        table.append([f"{row.name}{unit}", row.better, format_number(row.trivial), single, reach])
    lines = align_columns(table, find_room())
    together = format_macs(sum(row.macs for row in rows))
    lines.append(lay_out(f"  the single-task networks cost {together} together", 4))
    main = [row for row in rows if row.role == "main"]
    weak = [f"trial {t.number} on {row.task}" for t in members for row in main if not row.beaten_by(t)]
    if weak:
        lines.append(lay_out(f"No better than a constant: {', '.join(weak)}; more trainer.epochs may help."))
    elif members and main:
        lines.append(lay_out("Every member of the front beats the constants on every main task."))
    return "\n".join(lines) + "\n"


def _show(row: BaselineRow, value: float) -> str:
    """A network's value, in no more digits than trainings scatter by."""
    known = 0 < row.spread < 1e4 and abs(value) < 1e4
    return f"{value:.{count_places(row.spread)}f}" if known else format_number(value)
