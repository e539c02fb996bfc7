"""A row of robustness.csv, as the command makes it, with noise, two attacks and all consistencies."""

from __future__ import annotations

from collections.abc import Sequence

from search.stress.conditions import make_plan
from search.stress.measuring import Measured
from search.stress.members import Member
from search.stress.request import Request
from search.stress.table import tabulate
from spaces.networks.build import SharedNetwork
from tests.search.trials import complete
from trainers.batches.source import Source
from trainers.tasks.task import Task

Columns = dict[str, float | int | str]


def tabulate_one(network: SharedNetwork, split: Source, tasks: Sequence[Task]) -> Columns:
    plan = make_plan(Request(corruptions=["noise"], attacks=["joint", "cospgd.depth"]), tasks, split)
    found: dict[str, dict[str, float]] = {}
    for _, conditions in plan.groups:
        for condition in conditions:
            found[condition.key] = condition.measure({0: network}, split, tasks)[0]
    return tabulate(plan, [Measured(Member(complete(0, 1.0, 9), network, "0"), found)], tasks)[0]
