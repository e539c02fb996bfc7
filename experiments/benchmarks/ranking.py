"""How well a supernet ranks the patterns of a space, beside one training of each and multiply-accumulates alone.

    python -m experiments.benchmarks.ranking
    python -m experiments.benchmarks.ranking run.name=fusion-scenes5 \
        "data.tasks=[segmentation,depth,normals,edges,autoencoder]"
    python -m experiments.benchmarks.ranking --patterns 24 --trainings 2 space=workspace

The truth is the mean of several trainings of every pattern, or of some whose multiply-accumulates lie evenly, two of
each cost, on the validation split, as a search sees it; of the default problem that of the 15 trainings in the
committed table (validation) and landscape (test). It can be stopped at any moment; the same command goes on. Other
arguments are those of `search.run`.
"""

from __future__ import annotations

import argparse
import csv
import random
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from experiments.benchmarks.delivery.lab import Lab
from experiments.benchmarks.landscape import FOLDER as LANDSCAPES
from experiments.benchmarks.table import FOLDER as TABLES
from experiments.benchmarks.table import read
from search.config.command import end_in_one_message
from search.config.composition import compose
from search.config.settings import Settings
from search.config.validation import check_settings
from search.problem.pareto import compute_hypervolume
from search.problem.problem import Problem
from search.problem.subset import choose_subset
from search.study.replicates import replicate
from spaces.choices import enumerate_patterns
from spaces.drawing.one_line import describe_in_line
from spaces.pattern.sharing_pattern import SharingPattern

FOLDER = Path(__file__).with_suffix("")
FIRST_SEED = 2000  # the first ones are those of `experiments.benchmarks.table`
COLUMNS = ("estimate", "seed", "trainings", "spearman", "tau_within_macs", "beyond_macs", "best_3", "best_5")
Row = dict[str, str | float]
ENOUGH = 35  # patterns of a space that is trained whole


@dataclass(frozen=True)
class Truth:
    """Trainings of patterns.

    Args:
        patterns: that were trained.
        macs: (patterns,) multiply-accumulates.
        deltas: (patterns, seeds) delta_mtl in percent.
        means: (patterns,) over these seeds, and further ones where there are some.
        seeds: how many.
    """

    patterns: tuple[SharingPattern, ...]
    macs: np.ndarray
    deltas: np.ndarray
    means: np.ndarray
    seeds: int


def choose_patterns(problem: Problem, count: int) -> list[SharingPattern]:
    """Patterns whose costs lie evenly over those of the space, two of each cost; all of a space that has no more."""
    patterns = [proposal.pattern for proposal in enumerate_patterns(problem.space, problem.tasks)]
    if len(patterns) <= count:
        return patterns
    by_cost: dict[int, list[SharingPattern]] = {}
    for pattern in patterns:
        by_cost.setdefault(problem.cost(pattern).macs, []).append(pattern)
    ends = [by_cost[min(by_cost)][0], by_cost[max(by_cost)][0]]
    costs = sorted(cost for cost, group in by_cost.items() if len(group) > 1)
    rows = np.linspace(0, len(costs) - 1, (count - len(ends)) // 2).round().astype(int)
    rng = random.Random(0)
    return [*ends, *(pattern for row in rows for pattern in rng.sample(by_cost[costs[row]], 2))]


def find_truth(settings: Settings, lab: Lab, count: int, trainings: int, say: Callable[[str], None]) -> Truth:
    """The table of the run's name, if there is one, or what is trained now."""
    kept = TABLES / f"{settings.run.name}.npz"
    if kept.exists():
        return _read_truth(kept, LANDSCAPES / f"{settings.run.name}.csv")
    named = {describe_in_line(pattern): pattern for pattern in choose_patterns(lab.problem, count)}
    found = replicate(settings, named, range(FIRST_SEED, FIRST_SEED + trainings), judged="val", say=say)
    patterns = tuple(named.values())
    macs = np.array([lab.problem.cost(pattern).macs for pattern in patterns])
    deltas = found.metrics["delta_mtl"]
    return Truth(patterns, macs, deltas, deltas.mean(1), trainings)


def _read_truth(kept: Path, landscape: Path) -> Truth:
    """The committed trainings: those of the table, and the means of the landscape."""
    table = read(kept)
    deltas = table.delta_mtl[:, :, -1]
    with landscape.open(newline="") as file:
        rows = {row["pattern"]: row for row in csv.DictReader(file)}
    further = [rows[describe_in_line(pattern)] for pattern in table.patterns]
    many, more = deltas.shape[1], int(further[0]["seeds"])
    tested = np.array([float(row["delta_mtl.mean"]) for row in further])
    means = (deltas.sum(1) + more * tested) / (many + more)
    return Truth(table.patterns, table.macs, deltas, means, many + more)


def judge(lab: Lab, truth: Truth, means: np.ndarray, estimated: np.ndarray) -> dict[str, float]:
    """How an estimate ranks the patterns: rank correlations, and what the best of it would hold of the hypervolume."""
    from scipy.stats import spearmanr  # scipy.stats: 0.5 s, --help does without

    macs = truth.macs.astype(float)
    varies = np.ptp(estimated - np.polyval(np.polyfit(macs, estimated, 1), macs)) > 1e-6
    told = {
        "spearman": float(spearmanr(estimated, means).statistic),
        "tau_within_macs": compute_tau_within(macs, estimated, means) if varies else 0.0,
        "beyond_macs": float(spearmanr(_rest(macs, estimated), _rest(macs, means)).statistic) if varies else 0.0,
    }
    point, directions = lab.problem.point or (), [objective.direction for objective in lab.problem.objectives]
    real, guessed = np.column_stack([means, macs]), np.column_stack([estimated, macs])
    whole = compute_hypervolume(real, point, directions)
    for count in (3, 5):
        rows = choose_subset(guessed, point, directions, count)
        told[f"best_{count}"] = compute_hypervolume(real[rows], point, directions) / whole
    return told


def compute_tau_within(macs: np.ndarray, estimated: np.ndarray, means: np.ndarray) -> float:
    """Kendall's tau over the pairs of equal cost alone."""
    one, other = np.triu_indices(len(macs), 1)
    same = macs[one] == macs[other]
    signs = np.sign(estimated[one] - estimated[other]) * np.sign(means[one] - means[other])
    return float(signs[same].mean()) if same.any() else float("nan")


def _rest(macs: np.ndarray, values: np.ndarray) -> np.ndarray:
    """What a line in the cost leaves."""
    return np.asarray(values - np.polyval(np.polyfit(macs, values, 1), macs))


def compare(lab: Lab, truth: Truth, epochs: Sequence[int], seeds: Sequence[int]) -> list[Row]:
    """A row an estimate: supernets by epochs and seed, single trainings against the mean of the others, cost alone."""
    rows: list[Row] = []
    usual = lab.settings.trainer.epochs
    for length in epochs:
        for seed in seeds:
            foretold = lab.foretell(lab.train_supernet(length, 1000 * seed)[1])
            estimated = np.array([foretold(pattern)["delta_mtl"] for pattern in truth.patterns])
            told = judge(lab, truth, truth.means, estimated)
            rows.append({"estimate": f"supernet of {length} epochs", "seed": seed, "trainings": length / usual, **told})
    for seed, single in enumerate(truth.deltas.T):
        others = (truth.seeds * truth.means - single) / (truth.seeds - 1)  # what a training has no part in
        named: Row = {"estimate": "one training of each", "seed": seed, "trainings": len(truth.patterns)}
        rows.append({**named, **judge(lab, truth, others, single)})
    alone: Row = {"estimate": "multiply-accumulates alone", "seed": 0, "trainings": 0}
    return [*rows, {**alone, **judge(lab, truth, truth.means, 1e-6 * truth.macs)}]


def summarise(rows: Sequence[Row]) -> str:
    """Medians over the seeds."""
    lines = [f"{'median of seeds':32} {'seeds':>5} " + " ".join(f"{name:>15}" for name in COLUMNS[3:])]
    for name in dict.fromkeys(row["estimate"] for row in rows):
        mine = [row for row in rows if row["estimate"] == name]
        medians = [float(np.median([float(row[column]) for row in mine])) for column in COLUMNS[3:]]
        lines.append(f"{name:32} {len(mine):5} " + " ".join(f"{value:15.3f}" for value in medians))
    return "\n".join(lines) + "\n"


@end_in_one_message("Nothing finished is lost; the same command goes on.")
def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--patterns", type=int, default=40, help="patterns whose truth is trained")
    parser.add_argument("--trainings", type=int, default=4, help="trainings a pattern")
    parser.add_argument("--seeds", type=int, default=5, help="supernets of each length")
    parser.add_argument("--epochs", type=int, action="append", help="of a supernet; again for more lengths")
    given, overrides = parser.parse_known_args()
    if given.trainings < 2:
        parser.error(f"--trainings {given.trainings}: want at least 2, for one against the others")
    settings = compose(overrides)
    check_settings(settings)
    say = partial(print, flush=True)
    lab = Lab(settings, say)
    truth = find_truth(settings, lab, max(given.patterns, ENOUGH), given.trainings, say)
    rows = compare(lab, truth, given.epochs or [3 * settings.trainer.epochs], range(given.seeds))
    FOLDER.mkdir(exist_ok=True)
    with (FOLDER / f"{settings.run.name}.csv").open("w", newline="") as file:
        table = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        table.writeheader()
        table.writerows({name: f"{v:.4g}" if isinstance(v, float) else v for name, v in row.items()} for row in rows)
    text = f"{len(truth.patterns)} patterns, {truth.seeds} trainings each\n" + summarise(rows)
    (FOLDER / f"{settings.run.name}.txt").write_text(text)
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
