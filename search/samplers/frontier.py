"""The sampler made for sharing patterns: their distance and their exact cost, in expected hypervolume improvement."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from search import pareto
from search.objectives import COST_MARGIN, MACS, MAXIMISE, PARAMS, WORST_DELTA_THAT_COUNTS
from search.samplers.improvement import improvement
from search.samplers.pool import pool, replayed
from search.samplers.sampler import Draw, Problem, Sampler
from search.samplers.surrogate import posterior
from spaces.choices import Proposal
from spaces.features import features
from spaces.fields import Fields

if TYPE_CHECKING:
    from optuna.trial import FrozenTrial

    from trainers.cost import Cost

NEAR = 0.1  # of a gap between costs: how far from its middle a pattern may lie
USUAL = (0.3, 0.25)  # share of its gates that a pattern keeps, and its spread, before any is trained: our choice


@dataclass(frozen=True)
class Frontier(Sampler):
    """Patterns where the costs known so far lie furthest apart first, then the one that is expected to gain most.

    A Gaussian process over `spaces.features` and the least cost stands for every objective that training tells;
    multiply-accumulates and parameters are exact, but for gates, of which the process models how much is kept. What is
    being trained counts as if it had come out as expected. In spaces too large to enumerate, candidates are neighbours
    of the front and random draws.

    Args:
        startup: trials before the model takes over, landmarks counted.

    Raises:
        ConfigError: startup is not a whole number >= 2.
    """

    startup: int = 5
    group: ClassVar[str] = "sampler"

    def __post_init__(self) -> None:
        fields = Fields(self)
        fields.integer("startup", low=2)
        fields.done()

    def propose(self, problem: Problem, history: Sequence[FrozenTrial], seed: int) -> Draw:
        """The candidate with the greatest expected hypervolume improvement, or a draw where there is none left."""
        done = [trial for trial in history if trial.values]
        begun = [trial for trial in history if not trial.state.is_finished()]
        patterns = [_pattern(problem, trial) for trial in (*done, *begun)]
        seen = {trial.user_attrs["key"] for trial in history}
        parents = [trial.params for trial in _front(problem, done)]
        found = pool(problem.space, problem.tasks, parents, seed)
        fresh = [each for each in found if each.pattern.key not in seen and problem.allows(each.pattern)]
        if not fresh:
            return Draw(random.Random(seed).choice(found).choices)
        if len(history) < self.startup or len(done) < 2:
            return Draw(_apart(problem, fresh, patterns, seed).choices)
        gains = _gains(problem, [*patterns, *fresh], done, len(patterns))
        return Draw(fresh[int(np.argmax(gains))].choices)


def _pattern(problem: Problem, trial: FrozenTrial) -> Proposal:
    return replayed(problem.space, problem.tasks, tuple(trial.params.items()))  # type: ignore[arg-type]  # frozen


def _front(problem: Problem, done: Sequence[FrozenTrial]) -> list[FrozenTrial]:
    if not done:
        return []
    values = np.array([trial.values for trial in done], dtype=float)
    return [done[row] for row in pareto.front(values, [each.direction for each in problem.objectives])]


def _apart(problem: Problem, fresh: Sequence[Proposal], patterns: Sequence[Proposal], seed: int) -> Proposal:
    """A random one of those nearest the middle of the widest gap between known costs."""
    costs = np.array([problem.cost(each.pattern).macs for each in fresh], dtype=float)
    known = np.unique([problem.cost(each.pattern).macs for each in patterns])
    if len(known) < 2:
        return random.Random(seed).choice(fresh)
    gaps = np.diff(known)
    widest = int(np.argmax(gaps))
    away = np.abs(costs - known[widest : widest + 2].mean())
    near = np.flatnonzero(away <= away.min() + NEAR * gaps[widest])
    return fresh[random.Random(seed).choice(near.tolist())]


def _gains(problem: Problem, proposals: Sequence[Proposal], done: Sequence[FrozenTrial], many: int) -> np.ndarray:
    """Expected improvement by the proposals after the first ``many``, which are trained or in training."""
    least = np.array([_cost(problem.cost(each.pattern)) for each in proposals])  # (n, 2): macs, params
    most = np.array([_cost(problem.most(each.pattern)) for each in proposals])
    x = _scaled(np.column_stack([[features(each.pattern) for each in proposals], least]))
    observed = np.array([trial.values for trial in done], dtype=float)
    means, spreads, reference = [], [], []
    for column, objective in enumerate(problem.objectives):
        sign = 1.0 if objective.direction == MAXIMISE else -1.0
        if objective.name in (MACS.name, PARAMS.name):
            which = 0 if objective.name == MACS.name else 1
            mean, spread = _kept(x, least[:, which], most[:, which], observed[:, column])
            worst = COST_MARGIN * most[:, which].max()
        else:
            mean, spread = posterior(x[: len(done)], observed[:, column], x)
            deltas = objective.name.endswith("delta_mtl") or objective.name == "worst_delta"
            worst = WORST_DELTA_THAT_COUNTS if deltas else _worst(observed[:, column], sign)
        means.append(sign * mean)
        spreads.append(spread)
        reference.append(sign * worst)
    mean, spread = np.column_stack(means), np.column_stack(spreads)
    return improvement(mean[many:], spread[many:], mean[:many], np.array(reference))


def _kept(x: np.ndarray, least: np.ndarray, most: np.ndarray, observed: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A cost and its spread: exact where nothing is gated, else the share between the least and the most it may be."""
    trained = len(observed)
    span = most - least
    gated = np.flatnonzero(span[:trained] > 0)
    if len(gated) < 2:
        mean, spread = np.full(len(x), USUAL[0]), np.full(len(x), USUAL[1])
    else:
        mean, spread = posterior(x[gated], (observed[gated] - least[gated]) / span[gated], x)
    mean, spread = least + span * mean.clip(0, 1), span * spread
    mean[:trained], spread[:trained] = observed, 0.0
    return mean, spread


def _cost(cost: Cost) -> tuple[float, float]:
    return float(cost.macs), float(cost.params)


def _scaled(x: np.ndarray) -> np.ndarray:
    """Columns from 0 to 1; those that never vary are left out."""
    low, width = x.min(0), np.ptp(x, axis=0)
    return (x - low)[:, width > 0] / width[width > 0]


def _worst(observed: np.ndarray, sign: float) -> float:
    """A tenth of the range beyond the worst that was seen."""
    worst = observed.min() if sign > 0 else observed.max()
    return float(worst - sign * 0.1 * (np.ptp(observed) or abs(worst) or 1.0))
