"""How many trainings samplers need: hypervolume of the patterns visited, by their true means, where these are known.

    python -m experiments.benchmarks.samplers
    python -m experiments.benchmarks.samplers --samplers frontier tpe --arenas table tree51 --seeds 20

Nothing is trained. `table` is the landscape that was measured here: 35 patterns, ten seeds each, whose means are taken
for true and whose spread is the noise of a training. The `tree` arenas are analytic: tasks gain or lose by what they
share, pair by pair and stage by stage, with interactions in larger groups; drawn afresh from every seed, 51 to 7,556
patterns, noise of half a point. Every sampler is asked through the real study, which tells no pattern twice and starts
with the landmarks. It can be stopped at any moment; the same command goes on.
"""

from __future__ import annotations

import argparse
import csv
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np

from search import pareto
from search.brief import one_line
from search.config import compose
from search.objectives import DELTA_MTL, MACS
from search.reference import USUAL
from search.samplers.sampler import Problem
from search.study import Candidate, Study
from search.trial import COMPLETE, Trial
from spaces.choices import Proposal, enumerate_patterns
from spaces.fusion import Fusion
from spaces.pattern import SharingPattern
from trainers.cost import Cost

FOLDER = Path(__file__).with_suffix("")
LANDSCAPE = Path(__file__).parent / "landscape" / "fusion-scenes.csv"
SAMPLERS = ("frontier", "tpe", "nsga2", "random", "gp")
TREES = {"tree51": 3, "tree561": 4, "tree7556": 5}  # tasks, at five decoder stages
BUDGETS = {"table": 35, "tree51": 51, "tree561": 120, "tree7556": 150}
SLOW = {"gp": 40}  # trainings at most, for about a second a proposal
LEVELS = (0.95, 0.99)
SPREAD, MEAN, NOISE = 3.0, -2.0, 0.5  # points of delta_mtl: of the patterns, and of a training
DIRECTIONS = (DELTA_MTL.direction, MACS.direction)


@dataclass(frozen=True)
class Arena:
    """A problem whose answers are known.

    Args:
        problem: as samplers see it.
        truth: by key, the true delta in percent, its noise, and the multiply-accumulates.
    """

    problem: Problem
    truth: dict[str, tuple[float, float, float]]

    def volume(self, keys: list[str]) -> np.ndarray:
        """Hypervolume of the first 1, 2, ... patterns as a share of the whole space's."""
        everything = self._values(list(self.truth))
        worst = (USUAL.delta, USUAL.cost * float(everything[:, 1].max()))
        found = pareto.history(self._values(keys), worst, DIRECTIONS)
        return found / pareto.hypervolume(everything, worst, DIRECTIONS)

    def oracle(self) -> list[str]:
        """Keys in the order of one who knows all means and takes the greatest gain, landmarks or not."""
        keys = list(self.truth)
        left = [keys[row] for row in pareto.front(self._values(keys), DIRECTIONS)]
        taken: list[str] = []
        while left:
            best = max(left, key=lambda key: self.volume([*taken, key])[-1])
            taken.append(best)
            left.remove(best)
        return taken

    def _values(self, keys: list[str]) -> np.ndarray:
        return np.array([[self.truth[key][0], self.truth[key][2]] for key in keys])


def table(seed: int) -> Arena:
    """The measured landscape; the seed only draws the noise."""
    tasks = ("depth", "normals", "segmentation")
    with LANDSCAPE.open(newline="") as file:
        rows = {row["pattern"]: row for row in csv.DictReader(file)}
    truth, costs = {}, {}
    for proposal in _patterns(4, tasks):
        row = rows[one_line(proposal.pattern)]
        noise = float(row["delta_mtl.error"]) * float(row["seeds"]) ** 0.5
        truth[proposal.pattern.key] = (float(row["delta_mtl.mean"]), noise, float(row["macs"]))
        costs[proposal.pattern.key] = Cost(int(row["macs"]), int(row["params"]), 0)
    return Arena(_problem(4, tasks, costs), truth)


def tree(count: int, seed: int) -> Arena:
    """An analytic problem of so many tasks, drawn from the seed."""
    tasks, stages = tuple("abcdefgh"[:count]), 5
    rng = np.random.default_rng(seed)
    pairs = np.triu(rng.normal(-0.3, 1.0, (stages, count, count)), 1)
    crowds = rng.normal(0.0, 0.5, (stages, count))  # what a task adds to a group of three or more
    weights = np.linspace(1.5, 0.5, stages)[:, None, None]  # early stages matter more
    blocks = rng.uniform(0.5, 2.0, stages)
    gains, costs = [], {}
    patterns = _patterns(stages, tasks)
    for proposal in patterns:
        gain = price = 0.0
        for stage, matrix, crowd, block in zip(proposal.pattern.decoder, weights * pairs, crowds, blocks, strict=True):
            price += float(block) * len(stage.groups)
            for group in stage.groups:
                rows = [tasks.index(task) for task in group]
                gain += float(matrix[np.ix_(rows, rows)].sum()) / max(1, len(rows) - 1) ** 0.5
                gain += float(crowd[rows].sum()) if len(rows) > 2 else 0.0
        gains.append(gain)
        costs[proposal.pattern.key] = Cost(round(1e6 * price), round(1e5 * price), 0)
    scaled = MEAN + SPREAD * (np.array(gains) - np.mean(gains)) / np.std(gains)
    truth = {
        each.pattern.key: (float(delta), NOISE, float(costs[each.pattern.key].macs))
        for each, delta in zip(patterns, scaled, strict=True)
    }
    return Arena(_problem(stages, tasks, costs), truth)


def visited(arena: Arena, sampler: Any, seed: int, budget: int) -> list[str]:
    """Keys in the order in which a study with this sampler trains them."""
    rng = np.random.default_rng(seed)
    anchors = arena.problem.space.anchors(arena.problem.tasks)
    keys: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        study = Study(Path(folder) / "study.journal", arena.problem, sampler, anchors=anchors, seed=seed)
        while len(keys) < min(budget, len(arena.truth)):
            candidate = study.ask()
            if not isinstance(candidate, Candidate):
                break
            delta, noise, macs = arena.truth[candidate.pattern.key]
            keys.append(candidate.pattern.key)
            study.tell(_trial(candidate, delta + noise * float(rng.standard_normal()), macs))
    return keys


def main() -> int:
    """Run what is not in the table yet, then print and plot."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--samplers", nargs="+", default=list(SAMPLERS), help="names of sampler=")
    parser.add_argument("--arenas", nargs="+", default=list(BUDGETS), choices=list(BUDGETS))
    parser.add_argument("--seeds", type=int, default=20)
    told = parser.parse_args()
    warnings.filterwarnings("ignore", module="optuna")
    FOLDER.mkdir(exist_ok=True)
    file = FOLDER / "volumes.csv"
    known = _read(file)
    arenas: dict[str, Callable[[int], Arena]] = {"table": table}
    arenas |= {name: partial(tree, count) for name, count in TREES.items()}
    for name in told.arenas:
        for seed in range(told.seeds):
            arena = arenas[name](seed)
            for sampler in ("oracle", *told.samplers):
                if (name, sampler, seed) in known:
                    continue
                budget = min(BUDGETS[name], SLOW.get(sampler, BUDGETS[name]))
                keys = (
                    arena.oracle()
                    if sampler == "oracle"
                    else visited(arena, compose([f"sampler={sampler}"]).sampler, seed, budget)
                )
                known[name, sampler, seed] = arena.volume(keys)
                with file.open("a", newline="") as out:
                    volumes = [f"{volume:.5f}" for volume in known[name, sampler, seed]]
                    csv.writer(out, lineterminator="\n").writerow([name, sampler, seed, *volumes])
                print(f"{name}, seed {seed}, {sampler}: {len(keys)} trainings", flush=True)
    for line in _lines(known, told):
        print(line)
    return 0


def needed(volumes: np.ndarray, level: float) -> float:
    """Trainings until so much of the hypervolume is reached; infinite if it never is."""
    reached = np.flatnonzero(volumes >= level)
    return float(reached[0]) + 1 if len(reached) else float("inf")


def _lines(known: dict[tuple[str, str, int], np.ndarray], told: argparse.Namespace) -> Iterator[str]:
    for name in told.arenas:
        levels = " and ".join(f"{level:.0%}" for level in LEVELS)
        yield f"{name}: trainings to {levels} of the hypervolume, median [quartiles]"
        for sampler in ("oracle", *told.samplers):
            runs = [known[name, sampler, seed] for seed in range(told.seeds) if (name, sampler, seed) in known]
            cells = []
            for level in LEVELS:
                counts = [needed(run, level) for run in runs]
                low, middle, high = np.quantile(counts, (0.25, 0.5, 0.75), method="nearest")
                cells.append(f"{middle:.0f} [{low:.0f}, {high:.0f}]")
            yield f"  {sampler:10} {'   '.join(cells)}   ({len(runs)} seeds)"


def _read(file: Path) -> dict[tuple[str, str, int], np.ndarray]:
    if not file.exists():
        return {}
    with file.open(newline="") as lines:
        rows = list(csv.reader(lines))
    return {(row[0], row[1], int(row[2])): np.array(row[3:], dtype=float) for row in rows}


@cache
def _patterns(stages: int, tasks: tuple[str, ...]) -> tuple[Proposal, ...]:
    return tuple(enumerate_patterns(Fusion(4, stages), tasks))


def _problem(stages: int, tasks: tuple[str, ...], costs: dict[str, Cost]) -> Problem:
    def price(pattern: SharingPattern) -> Cost:
        return costs[pattern.key]

    return Problem(Fusion(4, stages), tasks, (DELTA_MTL, MACS), price)


def _trial(candidate: Candidate, delta: float, macs: float) -> Trial:
    values = {DELTA_MTL.name: delta, MACS.name: macs}
    return Trial(
        candidate.number,
        COMPLETE,
        candidate.pattern.key,
        candidate.choices,
        candidate.pattern,
        candidate.cost.macs,
        candidate.cost.params,
        objectives=values,
        metrics={DELTA_MTL.name: delta},
    )


if __name__ == "__main__":
    sys.exit(main())
