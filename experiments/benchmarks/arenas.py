"""Problems whose answers are known, for comparing samplers and schedulers without training.

`table` and `routing` are tables of trainings that ship with the project, whose means over seeds are taken for true; of
`routing`, landmarks and random patterns stand for the space. The `tree` arenas are analytic, drawn afresh from every
seed: tasks gain or lose by what they share, pair by pair and stage by stage, with interactions in larger groups; 51 to
7,556 patterns, all enumerated.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import ClassVar

import numpy as np

from experiments.benchmarks.table import Table, read
from search.problem import pareto
from search.problem.growing_volume import compute_history
from search.problem.objectives import DELTA_MTL, MACS
from search.problem.problem import Problem
from spaces.choices import Choose, Proposal, Space, enumerate_patterns
from spaces.fusion import Fusion
from spaces.networks.cost import Cost
from spaces.pattern.sharing_pattern import SharingPattern
from spaces.routing import Routing

TABLE = Path(__file__).parent / "table" / "fusion-scenes.npz"
ROUTING = TABLE.with_name("routing-scenes.npz")
MEAN = -2.0  # points of delta_mtl, of the patterns of a tree arena
FORETOLD, FORETOLD_SEED = (-8.0, 7.0), 10_000  # mean and spread of estimates in points, and where their seeds begin
EPOCHS = 27  # of a training there
EARLY, LAG = 4.0, 10.0  # points after a ninth of the epochs: noise beyond that, how far behind the end; as the table


@dataclass(frozen=True)
class Tree:
    """A family of analytic problems, at five decoder stages.

    Args:
        tasks: how many.
        spread: of the patterns' true deltas, in points.
        noise: of a whole training, in points.
    """

    tasks: int
    spread: float = 3.0
    noise: float = 0.5


TREES = {
    "tree51": Tree(3),
    "tree561": Tree(4),
    "tree7556": Tree(5),
    # other than what the sampler expects beforehand
    "tree561-flat": Tree(4, spread=1.0),
    "tree561-steep": Tree(4, spread=9.0),
    "tree561-noisy": Tree(4, noise=2.0),
}
DIRECTIONS = (DELTA_MTL.direction, MACS.direction)


@dataclass(frozen=True)
class Arena:
    """A problem whose answers are known.

    Args:
        problem: as samplers see it.
        keys: of all patterns.
        truth: (patterns, 2) true delta in percent, multiply-accumulates.
        trained: draws the delta of one training of the pattern of a row after 1, 2, ... epochs.
    """

    problem: Problem
    keys: tuple[str, ...]
    truth: np.ndarray
    trained: Callable[[int, np.random.Generator], np.ndarray]

    @property
    def worst(self) -> tuple[float, float]:
        """The reference point."""
        return self.problem.reference.delta, self.problem.reference.cost * float(self.truth[:, 1].max())

    def volumes(self, keys: Sequence[str]) -> np.ndarray:
        """Hypervolume of the first 1, 2, ... patterns, by their true means, as a share of the whole space's."""
        rows = [self.row(key) for key in keys]
        whole = pareto.compute_hypervolume(self.truth, self.worst, DIRECTIONS)
        return compute_history(self.truth[rows], self.worst, DIRECTIONS) / whole

    def row(self, key: str) -> int:
        """Of a pattern."""
        return _number_rows(self.keys)[key]

    def oracle(self) -> list[str]:
        """Keys in the order of one who knows all means and takes the greatest gain, landmarks or not."""
        left = [self.keys[row] for row in pareto.mark_front(self.truth, DIRECTIONS)]
        taken: list[str] = []
        while left:
            best = max(left, key=lambda key: self.volumes([*taken, key])[-1])
            taken.append(best)
            left.remove(best)
        return taken


@dataclass(frozen=True)
class Listed:
    """A space of listed patterns, which are told apart by their features alone: its one decision is a number.

    Args:
        patterns: of keys of their own.
        landmarks: how many of the first ones are tried first.
    """

    patterns: tuple[SharingPattern, ...]
    landmarks: int
    group: ClassVar[str] = "space"
    name: ClassVar[str] = "listed"

    def sample(self, choose: Choose, tasks: Sequence[str]) -> SharingPattern:
        """The pattern of a number."""
        return self.patterns[choose("row", tuple(range(len(self.patterns))))]

    def anchors(self, tasks: Sequence[str]) -> dict[str, Proposal]:
        """The first patterns."""
        return {f"landmark {row}": Proposal({"row": row}, self.patterns[row]) for row in range(self.landmarks)}


def arena(name: str, seed: int) -> Arena:
    """The arena "table" or "routing", of which the seed changes nothing, or one of `TREES`."""
    if name == "table":
        return _make_table_arena(TABLE, _make_fusion)
    return _make_table_arena(ROUTING, _list_routing) if name == "routing" else _make_tree_arena(TREES[name], seed)


def _make_fusion(table: Table) -> Fusion:
    return Fusion(4, len(table.patterns[0].decoder))


def _list_routing(table: Table) -> Listed:
    first = table.patterns[0]
    return Listed(table.patterns, len(Routing(len(first.encoder), len(first.decoder)).anchors(first.tasks)))


@cache
def _make_table_arena(path: Path, make_space: Callable[[Table], Space]) -> Arena:
    table = read(path)
    keys = tuple(pattern.key for pattern in table.patterns)
    prices = zip(table.macs.tolist(), table.params.tolist(), strict=True)
    costs = {key: Cost(macs, params, 0) for key, (macs, params) in zip(keys, prices, strict=True)}
    truth = np.column_stack([table.delta_mtl[:, :, -1].mean(1), table.macs])
    return Arena(_make_problem(make_space(table), table.patterns[0].tasks, costs), keys, truth, table.curve)


def _make_tree_arena(tree: Tree, seed: int) -> Arena:
    count, stages = tree.tasks, 5
    tasks = tuple("abcdefgh"[:count])
    rng = np.random.default_rng(seed)
    pairs = np.triu(rng.normal(-0.3, 1.0, (stages, count, count)), 1)
    crowds = rng.normal(0.0, 0.5, (stages, count))  # what a task adds to a group of three or more
    weights = np.linspace(1.5, 0.5, stages)[:, None, None]  # early stages matter more
    blocks = rng.uniform(0.5, 2.0, stages)
    space = Fusion(4, stages)
    patterns = _list_patterns(space, tasks)
    gains, costs = [], {}
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
    scaled = MEAN + tree.spread * (np.array(gains) - np.mean(gains)) / np.std(gains)
    keys = tuple(proposal.pattern.key for proposal in patterns)
    truth = np.column_stack([scaled, [costs[key].macs for key in keys]])
    return Arena(_make_problem(space, tasks, costs), keys, truth, partial(_draw_curve, scaled, tree.noise))


def _draw_curve(ends: np.ndarray, noise: float, row: int, rng: np.random.Generator) -> np.ndarray:
    """One training: what it lacks, and what is not settled yet, shrink as the epochs grow."""
    ahead = EPOCHS / np.arange(1, EPOCHS + 1) - 1  # 0 at the end, 8 after a ninth
    end = ends[row] + noise * rng.standard_normal()
    return np.asarray(end + EARLY * np.sqrt(ahead / 8) * rng.standard_normal(EPOCHS) - LAG * ahead / 8)


def foretell(place: Arena, correlation: float, seed: int) -> Arena:
    """The same with estimates of every pattern that correlate so with the truth, as a supernet gives them; 0 is noise.

    They are too low and too wide, as a supernet's are.
    """
    rng = np.random.default_rng(FORETOLD_SEED + seed)
    truth = place.truth[:, 0]
    noise = rng.standard_normal(len(truth))
    told = correlation * (truth - truth.mean()) / truth.std() + (1.0 - correlation**2) ** 0.5 * noise
    deltas = dict(zip(place.keys, (FORETOLD[0] + FORETOLD[1] * told).tolist(), strict=True))

    def estimate(pattern: SharingPattern) -> dict[str, float]:
        return {DELTA_MTL.name: deltas[pattern.key], MACS.name: float(place.problem.cost(pattern).macs)}

    return replace(place, problem=replace(place.problem, estimates=estimate))


def _make_problem(space: Space, tasks: tuple[str, ...], costs: dict[str, Cost]) -> Problem:
    def price(pattern: SharingPattern) -> Cost:
        return costs[pattern.key]

    return Problem(space, tasks, (DELTA_MTL, MACS), price)


@cache
def _list_patterns(space: Fusion, tasks: tuple[str, ...]) -> tuple[Proposal, ...]:
    return tuple(enumerate_patterns(space, tasks))


@cache
def _number_rows(keys: tuple[str, ...]) -> dict[str, int]:
    return {key: row for row, key in enumerate(keys)}
