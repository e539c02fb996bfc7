"""The estimated front of a space of trees, exact however many patterns it has: dynamic programming over chains.

A task's estimate depends on its own chain of groups alone, and a cost is a sum over blocks. 6 tasks at 4 stages take
2 s on one core and 7 tasks 21 s, once the estimates of their 11,529 and 61,741 chains are read, at 3 ms a pattern.
"""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import product

import numpy as np

from search.problem.objectives import DELTA_MTL, MACS, MINIMISE, PARAMS, WORST_DELTA, Objective
from search.problem.pareto import mark_front
from search.problem.problem import Problem
from search.problem.tree_sums import Masks, TreeSums
from spaces.chains import TreeSpace, follow_chain
from spaces.choices import Proposal
from spaces.draws import cover_space
from spaces.networks.cost import Cost
from spaces.pattern.stage import Group, Partition


@lru_cache(maxsize=2)  # asked for at every proposal
def list_estimated_front(problem: Problem) -> tuple[Proposal, ...]:
    """Patterns on the estimated front of each delta and each cost that are objectives; of MACs where no cost is one.

    None where the space has no trees, or no delta is an objective.
    """
    deltas = [each for each in problem.objectives if each in (DELTA_MTL, WORST_DELTA)]
    costs = [each for each in problem.objectives if each in (MACS, PARAMS)] or [MACS]
    found = [each for pair in product(deltas, costs) for each in find_chain_front(problem, *pair)[0]]
    return tuple({each.pattern.key: each for each in found}.values())


def find_chain_front(problem: Problem, delta: Objective, cost: Objective) -> tuple[tuple[Proposal, ...], np.ndarray]:
    """The front of patterns within the limits whose chains are all estimated, as `spaces.draws.cover_space` has them.

    Args:
        problem: with estimates, which tell main tasks' changes too, by "<task>.delta".
        delta: delta_mtl or worst_delta.
        cost: macs or params.

    Returns:
        n patterns, the cheapest first, one of those that are equal in both, and their (n, 2) estimates and costs;
        none in a space without trees.
    """
    space, tasks, estimates = problem.space, problem.tasks, problem.estimates
    if not isinstance(space, TreeSpace) or estimates is None:
        return (), np.empty((0, 2))
    prices, room = _price_blocks(problem, space, cost)
    sums = TreeSums(_collect_leaves(problem, space, least=delta == WORST_DELTA), prices, room, delta == WORST_DELTA)
    everyone = (1 << len(tasks)) - 1
    found = []
    for row in range(len(sums.part((), everyone).worth)):
        tree: list[list[Group]] = [[] for _ in prices]
        for stage, group in sums.trace((), everyone, row):
            tree[stage].append(tuple(task for place, task in enumerate(tasks) if group >> place & 1))
        found.append(space.propose_tree(tasks, tuple(map(tuple, tree))))
    values = [(estimates(each.pattern)[delta.name], _tell(problem.cost(each.pattern), cost)) for each in found]
    points = np.array(values, dtype=float).reshape(-1, 2)
    kept = mark_front(points, (delta.direction, MINIMISE))  # sums and means are rounded differently
    return tuple(found[row] for row in kept), points[kept]


def _collect_leaves(problem: Problem, space: TreeSpace, *, least: bool) -> dict[Masks, float]:
    """By chain the sum, or the least, of the changes of its last group's main tasks; without what is undefined."""
    assert problem.estimates is not None
    bits = {task: 1 << place for place, task in enumerate(problem.tasks)}
    leaves: dict[Masks, float] = {}
    for pattern in cover_space(space, problem.tasks, problem.allows):
        tree, told = space.read_tree(pattern), problem.estimates(pattern)
        main = {task for task in problem.tasks if f"{task}.delta" in told}
        for group in tree[-1] if main else ():
            changes = [told[f"{task}.delta"] for task in group if task in main]
            if all(map(math.isfinite, changes)):
                chain = tuple(sum(bits[task] for task in each) for each in follow_chain(tree, group[0]))
                leaves[chain] = min(changes, default=math.inf) if least else math.fsum(changes)
    return leaves


def _price_blocks(problem: Problem, space: TreeSpace, cost: Objective) -> tuple[np.ndarray, np.ndarray]:
    """(stages, k) prices of a block and (k,) what blocks may cost: of the cost, and of another one that is limited."""
    limits = {MACS.name: problem.limits.macs, PARAMS.name: problem.limits.params}
    counted = [cost, *(each for each in (MACS, PARAMS) if each != cost and limits[each.name] is not None)]
    together: Partition = (problem.tasks,)
    apart: Partition = tuple((task,) for task in problem.tasks)
    stages = space.tree_stages
    totals = []  # of all tasks together for 0, 1, ... stages, and apart from there on
    for shared in range(stages + 1):
        price = problem.cost(space.make_pattern([together] * shared + [apart] * (stages - shared)))
        totals.append([_tell(price, each) for each in counted])
    saved = -np.diff(np.array(totals, dtype=np.int64), axis=0)  # (stages, k) of all blocks of a stage but one
    prices = saved // max(1, len(problem.tasks) - 1)
    fixed = np.array(totals[-1]) - prices.sum(axis=0)
    most = np.array([math.inf if limits[each.name] is None else limits[each.name] for each in counted], dtype=float)
    return prices, most - fixed


def _tell(price: Cost, cost: Objective) -> int:
    return price.macs if cost == MACS else price.params
