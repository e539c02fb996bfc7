"""Results of `experiments.benchmarks.delivered`: a row a contestant, budget and seed; their table and their plot."""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from search.study.replicates import compute_mean_and_error

Cell = tuple[str, str, int, int]
"""Problem, contestant, epochs in all, seed."""
COLUMNS = ("problem", "contestant", "epochs", "seed", "hypervolume", "members")
COLOURS = (
    *("#b3402a", "#1f5fa8", "#3f8f5f", "#8a5fa8", "#c98a1b", "#555555", "#d35f8d", "#17a2b8"),
    *("#8c6d31", "#9aa3ad", "#e07b53", "#7fb3e6", "#a3d39c", "#c9a6e4", "#222222", "#b8b000"),
)
OURS = ("supernet:2/25-chained", "supernet:2", "supernet:3")  # whose differences to the others are told, paired by seed


class DeliveredCells:
    """Rows of `delivered.csv`.

    Args:
        folder: of the file; made if it is not there.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True, parents=True)
        self._folder, self._file = folder, folder / "delivered.csv"
        self._cells: dict[Cell, tuple[float, str]] = {}
        self.read()

    def read(self) -> None:
        """Take what the file holds by now, of other commands too."""
        if self._file.exists():
            with self._file.open(newline="") as file:
                for row in csv.DictReader(file):
                    cell = (row["problem"], row["contestant"], int(row["epochs"]), int(row["seed"]))
                    self._cells[cell] = (float(row["hypervolume"]), row["members"])

    def add(self, cell: Cell, volume: float, points: Sequence[tuple[float, float]]) -> None:
        """Take a result: hypervolume in % x M MACs, and what was delivered."""
        self.read()
        shown = ", ".join(f"{delta:+.1f} % at {macs / 1e6:.1f} M" for delta, macs in points)
        self._cells[cell] = (round(volume, 1), shown)
        with self._file.open("w", newline="") as file:
            table = csv.writer(file, lineterminator="\n")
            table.writerow(COLUMNS)
            table.writerows([*each, *values] for each, values in sorted(self._cells.items()))

    def describe(self, cell: Cell) -> str:
        """A cell in words."""
        problem, contestant, epochs, seed = cell
        volume, shown = self._cells[cell]
        return f"{problem}, {epochs} epochs, {contestant}, seed {seed}: {volume:.0f} ({shown})"

    def summarise(self) -> str:
        """Means with standard errors, and paired differences of the supernets to every other; as Markdown."""
        lines = []
        for problem in sorted({cell[0] for cell in self._cells}):
            lines += [f"**{problem}**, hypervolume of what is delivered, test split, % x M MACs", ""]
            heads = ["epochs", "contestant", "seeds", "hypervolume", *(f"{ours} is better by" for ours in OURS)]
            lines += [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
            for epochs in sorted({cell[2] for cell in self._cells if cell[0] == problem}):
                names = sorted({cell[1] for cell in self._cells if (cell[0], cell[2]) == (problem, epochs)})
                for name in names:
                    mine = self._of(problem, name, epochs)
                    mean, error = compute_mean_and_error(np.array(list(mine.values())))
                    told = [self._tell_gain(problem, epochs, ours, name) for ours in OURS]
                    shown = f"{mean:.0f}" + ("" if math.isnan(error) else f" +- {error:.0f}")
                    lines.append(f"| {epochs} | {name} | {len(mine)} | {shown} | {' | '.join(told)} |")
            lines.append("")
        text = "\n".join(lines)
        (self._folder / "delivered.md").write_text(text)
        return text

    def draw(self) -> None:
        """Mean hypervolume with its standard error against the epochs, a panel a problem, in `delivered.png`."""
        # matplotlib: 1 s, --help does without
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        problems = sorted({cell[0] for cell in self._cells})
        names = sorted({cell[1] for cell in self._cells if "~" not in cell[1]})  # ways have one budget: in the table
        figure = Figure(figsize=(5.2 * len(problems) + 1.8, 4.2), layout="constrained")
        FigureCanvasAgg(figure)
        for axes, problem in zip(figure.subplots(1, len(problems), squeeze=False)[0], problems, strict=True):
            for place, name in enumerate(names):
                budgets = sorted({cell[2] for cell in self._cells if cell[:2] == (problem, name)})
                pairs = [
                    compute_mean_and_error(np.array(list(self._of(problem, name, epochs).values())))
                    for epochs in budgets
                ]
                means, errors = [mean for mean, _ in pairs], [0.0 if math.isnan(each) else each for _, each in pairs]
                colour = COLOURS[place % len(COLOURS)]
                apart = [epochs * (1.0 + 0.012 * (place - len(names) / 2)) for epochs in budgets]
                axes.errorbar(apart, means, errors, fmt="o-", color=colour, markersize=4, label=name, capsize=2)
            axes.set(title=problem, xlabel="epochs in all, single-task networks apart", xscale="log")
            ticks = sorted({cell[2] for cell in self._cells if cell[0] == problem})
            axes.set_xticks(ticks, list(map(str, ticks)))
            axes.set_xticks([], minor=True)
            axes.set_xlim(0.8 * ticks[0], 1.25 * ticks[-1])
            axes.grid(color="#d9dee3", linewidth=0.6)
            axes.spines[["top", "right"]].set_visible(False)
        lines, labels = figure.axes[0].get_legend_handles_labels()  # those of the others are the same
        figure.legend(lines, labels, loc="outside right center", fontsize=8, frameon=False)
        figure.supylabel("hypervolume of what is delivered, test split [% x M MACs]", fontsize=9)
        figure.savefig(self._folder / "delivered.png", dpi=130)

    def _tell_gain(self, problem: str, epochs: int, ours: str, name: str) -> str:
        """By how much one of ours is better, over the seeds that both have; empty where there are none."""
        best, others = self._of(problem, ours, epochs), self._of(problem, name, epochs)
        gains = np.array([best[seed] - value for seed, value in others.items() if seed in best])
        return _format_gain(gains) if len(gains) and name != ours else ""

    def _of(self, problem: str, name: str, epochs: int) -> dict[int, float]:
        """Hypervolume by seed."""
        return {
            cell[3]: values[0] for cell, values in sorted(self._cells.items()) if cell[:3] == (problem, name, epochs)
        }


def _format_gain(gains: np.ndarray) -> str:
    mean, error = compute_mean_and_error(gains)
    if math.isnan(error):
        return f"{mean:+.0f}"
    return f"{mean:+.0f} +- {error:.0f} ({mean / error:.1f} standard errors)" if error else f"{mean:+.0f}"
