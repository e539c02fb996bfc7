"""The sampler made for sharing patterns: their distance and their exact cost, in expected hypervolume improvement."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from search.problem import pareto
from search.problem.feature_space import locate
from search.problem.objectives import COUNTED, LATENCY, MAXIMISE
from search.problem.problem import Problem
from search.samplers.candidates import choose_apart, collect_with_front, replay_all
from search.samplers.expected_improvement import compute_improvement
from search.samplers.observations import Observations, collect_observations, thin_out
from search.samplers.sampler import Draw, Sampler, Wait
from search.samplers.supernet_rule import refuse_unserved
from search.samplers.surrogate import compute_posterior
from spaces.choices import Proposal
from spaces.fields import Fields
from spaces.networks.cost import Cost
from spaces.pattern.sharing_pattern import SharingPattern

if TYPE_CHECKING:
    from optuna.trial import FrozenTrial

SUPERNET = "supernet"
KEPT = 0.3, 0.25  # share of its gates that a pattern keeps, and its spread, before any is trained: our choice
SPREAD = 0.03  # of a metric between patterns, usually, and 3 points of a delta: our choice
MEMBERS, FEWEST = {1: 1000, 2: 1000, 3: 48}, 12  # of a front that gains are taken of, by objectives: boxes grow fast
CONDITIONED = 500  # observations that the process rests on at most: its time grows with their cube; our choice
CHUNK = 1000  # candidates at a time


@dataclass(frozen=True)
class Frontier(Sampler):
    """Landmarks first, which hold the extremes of cost, then the pattern that is expected to gain most.

    A Gaussian process over `spaces.pattern.features` stands for every objective that training tells;
    multiply-accumulates and parameters are exact, but for gates, of which the process models how much is kept; latency
    is what was measured, or foretold from that. What is being trained counts as if it had come out as expected; trials
    that paused at a rung count by what their end is expected to show. In spaces too large to enumerate, candidates are
    neighbours of the front, random draws and, with a prior, the front that it estimates.

    Args:
        startup: trials before the model takes over, landmarks counted; those beyond the landmarks lie in the middle of
            the widest gap between the costs so far.
        prior: "supernet" for estimates of every pattern by one shared training, on which the process rests; None for
            none.

    Raises:
        ConfigError: startup is not a whole number >= 2, or the prior is another one.
    """

    startup: int = 2
    prior: str | None = None
    foretells: ClassVar[bool] = True
    group: ClassVar[str] = "sampler"

    def __post_init__(self) -> None:
        fields = Fields(self)
        fields.integer("startup", low=2)
        fields.require(self.prior in (None, SUPERNET), f"sampler.prior={self.prior}: want {SUPERNET}, or null for none")
        fields.done()

    @property
    def uses_supernet(self) -> bool:
        """Where it is the prior."""
        return self.prior == SUPERNET

    def describe(self, pattern: SharingPattern) -> np.ndarray:
        """Features of a pattern, (features,), by whose distance the process goes; see `locate`."""
        return locate(pattern)

    def check(self, problem: Problem) -> None:
        """Refuse a space that the prior does not serve (ConfigError)."""
        if self.uses_supernet:
            refuse_unserved(problem, f"sampler.prior={self.prior}")

    def propose(self, problem: Problem, history: Sequence[FrozenTrial], seed: int) -> Draw | Wait:
        """The candidate with the greatest expected hypervolume improvement, or a draw where there is none left."""
        if self.uses_supernet and problem.estimates is None:
            return Wait()
        known = collect_observations(history, problem.objectives)
        seen = {trial.user_attrs["key"] for trial in history}
        front = _front(problem, known)
        found = collect_with_front(problem, [known.trials[row].params for row in front], seed)
        known = thin_out(known, CONDITIONED, front)
        fresh = [each for each in found if each.pattern.key not in seen and problem.allows(each.pattern)]
        if not fresh:
            return Draw(random.Random(seed).choice(found).choices)
        begun = [trial for trial in history if not trial.state.is_finished()]
        if len(history) < self.startup or known.finished < 2:
            patterns = [_pattern(problem, trial) for trial in (*known.trials, *begun)]
            return Draw(choose_apart(problem, fresh, patterns, seed).choices)
        gains, related = _gains(problem, known, begun, fresh, self.describe)
        best = int(np.argmax(gains))
        return Draw(fresh[best].choices, gain=float(gains[best]) if related else None)


def _pattern(problem: Problem, trial: FrozenTrial) -> Proposal:
    return replay_all(problem.space, problem.tasks, tuple(trial.params.items()))  # type: ignore[arg-type]  # frozen


def _front(problem: Problem, known: Observations) -> list[int]:
    """Rows of the front of what has finished."""
    if not known.finished:
        return []
    values = known.values[: known.finished]
    return [int(row) for row in pareto.mark_front(values, [each.direction for each in problem.objectives])]


def _gains(
    problem: Problem,
    known: Observations,
    begun: Sequence[FrozenTrial],
    fresh: Sequence[Proposal],
    describe: Callable[[SharingPattern], np.ndarray],
) -> tuple[np.ndarray, bool]:
    """Expected improvement by fresh proposals, as a share of the hypervolume so far; False where there is none yet."""
    shown = {trial.number for trial in known.trials}
    running = [trial for trial in begun if trial.number not in shown]
    proposals = [*(_pattern(problem, trial) for trial in (*known.trials, *running)), *fresh]
    many = len(proposals) - len(fresh)
    # Not those that were given up at a rung: they are no part of a front.
    alive = [
        row for row, trial in enumerate((*known.trials, *running)) if trial.values or not trial.state.is_finished()
    ]
    least = np.array([_cost(problem.cost(each.pattern)) for each in proposals])  # (n, 2): macs, params
    most = np.array([_cost(problem.most(each.pattern)) for each in proposals])
    x = _varying(np.array([describe(each.pattern) for each in proposals]))
    means, spreads, reference = [], [], []
    for column, objective in enumerate(problem.objectives):
        sign = 1.0 if objective.direction == MAXIMISE else -1.0
        values, doubts = known.values[:, column], known.doubts[:, column]
        if objective == LATENCY and problem.latency is not None:
            mean, spread = np.array([problem.latency.tell(each.pattern) for each in proposals]).T
            worst = problem.reference.cost * mean.max()
        elif objective in COUNTED:
            which = COUNTED.index(objective)
            mean, spread = _kept(x, least[:, which], most[:, which], values[: known.finished])
            worst = problem.reference.cost * most[:, which].max()
        else:
            deltas = objective.name.endswith("delta_mtl") or objective.name == "worst_delta"
            usual = 100.0 * SPREAD if deltas else SPREAD * float(np.abs(values).mean()) or 1.0
            foretold = _foretell(problem, objective.name, proposals, len(values))
            mean, spread = compute_posterior(x[: len(values)], values, x, usual, doubts, foretold)
            worst = problem.reference.delta if deltas else _worst(values, sign)
        means.append(sign * mean)
        spreads.append(spread)
        reference.append(sign * (worst if problem.point is None else problem.point[column]))
    mean, spread, worst = np.column_stack(means), np.column_stack(spreads), np.array(reference)
    front = _thinned(mean[alive])
    volume = pareto.compute_hypervolume(front, worst.tolist(), [MAXIMISE] * len(worst))
    gains = [compute_improvement(mean[rows], spread[rows], front, worst) for rows in _chunks(many, len(mean))]
    return np.concatenate(gains) / volume if volume else np.concatenate(gains), volume > 0


def _foretell(
    problem: Problem, name: str, proposals: Sequence[Proposal], seen: int
) -> tuple[np.ndarray, np.ndarray] | None:
    """A supernet's estimates of an objective, of the first proposals and of all; None where there are none."""
    if problem.estimates is None:
        return None
    every = np.array([problem.estimates(each.pattern)[name] for each in proposals], dtype=float)
    every = np.nan_to_num(every, nan=float(np.nanmean(every)) if np.isfinite(every).any() else 0.0)
    return every[:seen], every


def _thinned(values: np.ndarray) -> np.ndarray:
    """The front of what is maximised; of a large one in three dimensions or more, members evenly along the last."""
    front = values[pareto.mark_front(values, [MAXIMISE] * values.shape[1])]
    most = MEMBERS.get(values.shape[1], FEWEST)
    if len(front) <= most:
        return front
    order = np.argsort(front[:, -1])
    return front[order[np.linspace(0, len(front) - 1, most).round().astype(int)]]


def _chunks(first: int, last: int) -> list[slice]:
    return [slice(start, min(start + CHUNK, last)) for start in range(first, last, CHUNK)]


def _kept(x: np.ndarray, least: np.ndarray, most: np.ndarray, observed: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A cost and its spread: exact where nothing is gated, else the share between the least and the most it may be."""
    trained = len(observed)
    span = most - least
    gated = np.flatnonzero(span[:trained] > 0)
    if len(gated) < 2:
        mean, spread = np.full(len(x), KEPT[0]), np.full(len(x), KEPT[1])
    else:
        mean, spread = compute_posterior(x[gated], (observed[gated] - least[gated]) / span[gated], x, KEPT[1])
    mean, spread = least + span * mean.clip(0, 1), span * spread
    mean[:trained], spread[:trained] = observed, 0.0
    return mean, spread


def _cost(cost: Cost) -> tuple[float, float]:
    return float(cost.macs), float(cost.params)


def _varying(x: np.ndarray) -> np.ndarray:
    """Without columns that never vary."""
    return x[:, np.ptp(x, axis=0) > 0]


def _worst(observed: np.ndarray, sign: float) -> float:
    """A tenth of the range beyond the worst that was seen."""
    worst = observed.min() if sign > 0 else observed.max()
    return float(worst - sign * 0.1 * (np.ptp(observed) or abs(worst) or 1.0))
