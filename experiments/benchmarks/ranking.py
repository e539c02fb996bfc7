"""How well a supernet ranks the patterns of a space, beside one training of each and multiply-accumulates alone.

    python -m experiments.benchmarks.ranking
    python -m experiments.benchmarks.ranking --patterns 40 --trainings 4 \
        "data.tasks=[segmentation,depth,normals,edges,autoencoder]"

The truth is the mean of several trainings of every pattern, or of some whose multiply-accumulates lie evenly, two of
each cost; all on the validation split, as a search sees it. It can be stopped at any moment; the same command goes on.
Other arguments are those of `search.run`.
"""

from __future__ import annotations

import argparse
import random
import sys
from functools import partial

import numpy as np

from search.config.composition import compose
from search.config.problem_statement import state_problem
from search.config.validation import check_settings
from search.problem.problem import Problem
from search.study.replicates import replicate
from spaces.choices import enumerate_patterns
from spaces.drawing.one_line import describe_in_line
from spaces.pattern.sharing_pattern import SharingPattern

FIRST_SEED = 2000  # the first ones are those of `experiments.benchmarks.table`


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


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--patterns", type=int, default=40, help="patterns whose truth is trained")
    parser.add_argument("--trainings", type=int, default=4, help="trainings a pattern")
    given, overrides = parser.parse_known_args()
    settings = compose(overrides)
    check_settings(settings)
    problem = state_problem(settings)
    patterns = {describe_in_line(pattern): pattern for pattern in choose_patterns(problem, given.patterns)}
    seeds = range(FIRST_SEED, FIRST_SEED + given.trainings)
    truth = replicate(settings, patterns, seeds, judged="val", say=partial(print, flush=True))
    return 0


if __name__ == "__main__":
    sys.exit(main())
