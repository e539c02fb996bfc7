"""Who should share what: how much sharing a stage between two tasks changes an objective, from values of patterns.

A linear model of the objective in who shares which stage, with normal effects around nothing and normal noise; how
large effects are beside the noise is averaged over, weighed by the evidence (Bishop, "Pattern Recognition and Machine
Learning", 2006, 3.5). Stages that are seldom told apart keep wide uncertainties.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

import numpy as np

from search.jobs.trial import Trial
from spaces.choices import draw
from spaces.pattern.sharing_pattern import SharingPattern
from spaces.pattern.stage import Partition
from spaces.space import Space

FEWEST = 8  # complete trials; fewer tell nothing of so many effects: our choice
DRAWS = 50  # patterns of a space beside its landmarks that are looked at: our choice
RATIOS = np.logspace(-2.5, 1.5, 17)  # variance of an effect over that of the noise: our choice


@dataclass(frozen=True)
class Effect:
    """A stage and two tasks.

    Args:
        stage: such as "encoder 2".
        pair: of tasks.
        value: change of the objective where they share it, in its unit.
        sd: standard deviation of that.
        sharing: patterns in which they do.
        trials: patterns in all, trained or estimated.
        twins: stages and pairs that are shared in the very same patterns, itself among them: they have equal parts of
            what is one effect.
    """

    stage: str
    pair: tuple[str, str]
    value: float
    sd: float
    sharing: int
    trials: int
    twins: int = 1


def estimate_effects(trials: Sequence[Trial], objective: str) -> tuple[Effect, ...]:
    """One of each stage and pair that some trials share and others do not; none of too few trials."""
    sound = [trial for trial in trials if trial.complete and math.isfinite(trial.objectives.get(objective, math.nan))]
    if len(sound) < FEWEST:
        return ()
    return fit_effects([trial.pattern for trial in sound], np.array([trial.objectives[objective] for trial in sound]))


def fit_effects(patterns: Sequence[SharingPattern], y: np.ndarray) -> tuple[Effect, ...]:
    """The same from patterns and their values, (patterns,), in the objective's unit."""
    if not patterns:
        return ()
    shared = [list_shared(pattern) for pattern in patterns]
    names = [name for name in shared[0] if len({row.get(name) for row in shared}) > 1]
    if not names:
        return ()
    x = np.array([[float(row.get(name, False)) for name in names] for row in shared])
    mean, sd = fit_linear(x - x.mean(0), y - y.mean())
    counts = x.sum(0).astype(int)
    twins = [int((x == column[:, None]).all(0).sum()) for column in x.T]
    return tuple(
        Effect(stage, pair, float(value), float(spread), int(count), len(patterns), alike)
        for (stage, pair), value, spread, count, alike in zip(names, mean, sd, counts, twins, strict=True)
    )


def list_shared(pattern: SharingPattern) -> dict[tuple[str, tuple[str, str]], bool]:
    """Whether two tasks share a stage, by stage and pair, from the encoder to the heads."""
    parts = (("encoder", pattern.encoder), ("decoder", pattern.decoder))
    return {
        (f"{part} {place}", pair): shared
        for part, stages in parts
        for place, stage in enumerate(stages, start=1)
        for pair, shared in _list_pairs(stage.groups)
    }


@lru_cache(maxsize=10_000)  # thousands of patterns have few partitions between them
def _list_pairs(groups: Partition) -> tuple[tuple[tuple[str, str], bool], ...]:
    owner = {task: index for index, group in enumerate(groups) for task in group}
    return tuple(((one, other), owner[one] == owner[other]) for one, other in combinations(sorted(owner), 2))


def shares_alike(space: Space, tasks: Sequence[str]) -> bool:
    """Whether the same tasks share the same stages in all patterns of a space, as far as landmarks and draws show."""
    rng = random.Random(0)
    drawn = [*space.anchors(tasks).values(), *(draw(space, tasks, rng) for _ in range(DRAWS))]
    first, *others = (list_shared(each.pattern) for each in drawn)
    return all(each == first for each in others)


def fit_linear(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Means and standard deviations of effects.

    Args:
        x: (trials, effects), columns around 0.
        y: (trials,), around 0.
    """
    count = len(y)
    # By singular values once: with matrices of trials by trials, of 2,000, a report took 15 s longer.
    left, sizes, right = np.linalg.svd(x, full_matrices=False)
    told, squares = left.T @ y, sizes**2
    means, variances, evidence = [], [], []
    for ratio in RATIOS:
        shrunk = 1 / (1 + ratio * squares)
        noise = max(float(y @ y - (ratio * squares * shrunk) @ told**2) / (count - 1), 1e-12)
        means.append(right.T @ (ratio * sizes * shrunk * told))
        variances.append(noise * ratio * (1 - ratio * (squares * shrunk) @ right**2))
        evidence.append(-0.5 * ((count - 1) * math.log(noise) - np.log(shrunk).sum()))
    weights = np.exp(np.array(evidence) - max(evidence))[:, None]
    weights /= weights.sum()
    each, spread = np.array(means), np.maximum(np.array(variances), 0.0)
    mean = (weights * each).sum(0)
    return mean, np.sqrt((weights * (spread + each**2)).sum(0) - mean**2)
