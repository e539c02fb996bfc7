"""Hypervolume against trainings or epochs: kept in a file, told in a table, drawn with medians and quartiles."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from experiments.benchmarks.arenas import Arena

LEVELS = (0.95, 0.99)
DOTTED = ("oracle", "informed")
COLOURS = {
    "oracle": "#9aa3ad",
    "informed": "#111111",
    "frontier": "#b3402a",
    "frontier+asha": "#b3402a",
    "frontier~0": "#d9a08f",
    "frontier~0.5": "#c86b52",
    "frontier~0.9": "#7a2416",
    "botorch": "#1f5fa8",
    "tpe": "#3f8f5f",
    "nsga2": "#8a5fa8",
    "gp": "#c98a1b",
    "random": "#555555",
    "stratified": "#a08060",
    "unseeing": "#d9a08f",
    "level": "#c86b52",
    "random+asha": "#555555",
    "moasha": "#1f5fa8",
}


class Volumes:
    """Rows of `volumes.csv`: of every run the epochs of each leg and the shares of hypervolume after it.

    Args:
        folder: of the file; made if it is not there.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True, parents=True)
        self._file = folder / "volumes.csv"
        self._runs: dict[tuple[str, str, int, str], np.ndarray] = {}
        self.read()

    def read(self) -> None:
        """Take what the file holds by now, of other commands too; a row that was cut off has no end of line."""
        if self._file.exists():
            whole = [line for line in self._file.read_text().splitlines(keepends=True) if line.endswith("\n")]
            for arena, contestant, seed, what, *numbers in csv.reader(whole):
                self._runs[arena, contestant, int(seed), what] = np.array(numbers, dtype=float)

    def has(self, arena: str, contestant: str, seed: int) -> bool:
        """Whether a run is there, whole: its last row is."""
        return (arena, contestant, seed, "visited") in self._runs

    def add(self, arena: str, contestant: str, seed: int, place: Arena, legs: Sequence[tuple[str, int, bool]]) -> None:
        """Take a run's legs: key, epochs, whether the pattern's training is complete with it."""
        volumes = place.volumes([key for key, _, _ in legs])
        complete = place.volumes([key for key, _, whole in legs if whole])
        count = np.cumsum([whole for _, _, whole in legs])
        rows = {
            "epochs": np.cumsum([epochs for _, epochs, _ in legs]).astype(float),
            "complete": np.array([complete[n - 1] if n else 0.0 for n in count]),
            "visited": volumes,
        }
        text = io.StringIO()
        for what, row in rows.items():
            self._runs[arena, contestant, seed, what] = row
            numbers = [f"{value:.5g}" for value in row]
            csv.writer(text, lineterminator="\n").writerow([arena, contestant, seed, what, *numbers])
        with self._file.open("ab", buffering=0) as out:  # in one write: several commands may work on one file
            out.write(text.getvalue().encode())

    def seeds(self, arena: str, contestant: str) -> list[int]:
        """Of the runs that are there."""
        return sorted(s for a, c, s, what in self._runs if (a, c, what) == (arena, contestant, "visited"))

    def of(self, arena: str, contestant: str, what: str) -> list[np.ndarray]:
        """The rows of "epochs", "complete" or "visited", by seed."""
        return [self._runs[arena, contestant, seed, what] for seed in self.seeds(arena, contestant)]

    def needed(self, arena: str, contestant: str, level: float, what: str = "complete") -> np.ndarray:
        """Epochs until a share of the hypervolume is there, by seed; infinite if it never is."""
        found = []
        for epochs, volumes in zip(self.of(arena, contestant, "epochs"), self.of(arena, contestant, what), strict=True):
            reached = np.flatnonzero(volumes >= level)
            found.append(epochs[reached[0]] if len(reached) else np.inf)
        return np.array(found)

    def training(self, arena: str) -> float:
        """Epochs of a whole training: the oracle's first leg."""
        return float(self.of(arena, "oracle", "epochs")[0][0])


def write_report(folder: Path, volumes: Volumes, contestants: Sequence[str], arenas: Sequence[str]) -> None:
    """Write `table.md` and `volumes.png`, and print the table."""
    lines = []
    for arena in arenas:
        epochs = volumes.training(arena)
        lines += [f"**{arena}**, trainings of {epochs:g} epochs; median [quartiles]", ""]
        heads = [f"trainings to {level:.0%}" for level in LEVELS] + [f"epochs to {level:.0%}" for level in LEVELS]
        lines += ["| | " + " | ".join([*heads, "epochs until visited 95%", "seeds"]) + " |", "|---" * 7 + "|"]
        for contestant in contestants:
            if not volumes.seeds(arena, contestant):
                continue
            found = [volumes.needed(arena, contestant, level) for level in LEVELS]
            seen = volumes.needed(arena, contestant, LEVELS[0], "visited")
            most = max(row[-1] for row in volumes.of(arena, contestant, "epochs"))
            cells = [_format_cell(each / epochs, most / epochs) for each in found] + [
                _format_cell(n, most) for n in (*found, seen)
            ]
            lines.append(f"| {contestant} | {' | '.join(cells)} | {len(seen)} |")
        lines.append("")
    (folder / "table.md").write_text("\n".join(lines))
    print("\n".join(lines))
    draw_volumes(folder / "volumes.png", volumes, contestants, arenas)


def draw_volumes(path: Path, volumes: Volumes, contestants: Sequence[str], arenas: Sequence[str]) -> None:
    """Medians and quartiles of the hypervolume of complete trainings against trainings' worth of epochs."""
    # matplotlib: 1 s, --help does without
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    columns = min(2, len(arenas))
    rows = -(-len(arenas) // columns)
    figure = Figure(figsize=(5 * columns + 1.4, 3.8 * rows), layout="constrained")
    FigureCanvasAgg(figure)
    panels = figure.subplots(rows, columns, squeeze=False).ravel()
    for axes, arena in zip(panels, arenas, strict=False):
        training = volumes.training(arena)
        most = max(row[-1] for c in contestants for row in volumes.of(arena, c, "epochs"))
        grid = np.linspace(0, min(most, 60 * training), 400)
        for contestant in contestants:
            if not volumes.seeds(arena, contestant):
                continue
            shares = []
            for epochs, reached in zip(
                volumes.of(arena, contestant, "epochs"), volumes.of(arena, contestant, "complete"), strict=True
            ):
                place = np.searchsorted(epochs, grid, side="right") - 1
                shares.append(np.where(place >= 0, reached[np.maximum(place, 0)], 0.0))  # a run that ended stays there
            low, middle, high = np.quantile(shares, (0.25, 0.5, 0.75), axis=0)
            style = "--" if contestant.endswith("asha") else ":" if contestant in DOTTED or ":" in contestant else "-"
            colour = COLOURS[contestant.partition(":")[0]]
            cut = zip(*(volumes.of(arena, contestant, what) for what in ("epochs", "complete")), strict=True)
            ends = [epochs[-1] for epochs, reached in cut if reached[-1] < LEVELS[-1]]  # unknown beyond
            low, middle, high = (np.where(grid <= min([np.inf, *ends]), each, np.nan) for each in (low, middle, high))
            axes.plot(grid / training, middle, style, color=colour, label=contestant, linewidth=1.5)
            axes.fill_between(grid / training, low, high, color=colour, alpha=0.12, linewidth=0)
        axes.set(title=arena, xlabel="trainings, or as many epochs", ylim=(0.7, 1.005))
        axes.grid(color="#d9dee3", linewidth=0.6)
        axes.spines[["top", "right"]].set_visible(False)
    figure.supylabel("share of the hypervolume, true means of complete trainings", fontsize=10)
    lines = {line.get_label(): line for axes in panels for line in axes.lines}
    figure.legend(lines.values(), lines.keys(), fontsize=9, frameon=False, loc="outside right upper")
    figure.savefig(path, dpi=130)


def _format_cell(counts: np.ndarray, budget: float) -> str:
    """Median and quartiles; what was not reached within the budget is more than that."""
    quartiles = np.quantile(counts, (0.25, 0.5, 0.75), method="nearest")
    low, middle, high = (f"{round(n, 1):g}" if np.isfinite(n) else f"> {round(budget):g}" for n in quartiles)
    return f"{middle} [{low}, {high}]"
