"""Measures what a search optimises of a network's robustness, see `trainers.robustness.aims`."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

from spaces.errors import DataError
from spaces.networks.build import SharedNetwork
from trainers.batches.source import Source
from trainers.robustness.aims import ALL, CONSISTENCY, name_attack
from trainers.robustness.ascent import list_smooth_tasks
from trainers.robustness.attacks import list_attacks
from trainers.robustness.conditions import Condition
from trainers.robustness.consistency import find_consistencies
from trainers.robustness.corruptions.catalogue import FAMILIES, find_corruptions
from trainers.robustness.plan import Plan
from trainers.tasks.task import Task

SEED = 0  # of what corruptions and attacks draw: the same for all networks


def measure_aims(
    network: SharedNetwork, split: Source, tasks: Sequence[Task], prefixes: Sequence[str]
) -> dict[str, dict[str, float]]:
    """Measure a trained network.

    Args:
        network: on the split's device; left in evaluation mode.
        split: that is judged.
        tasks: of the network.
        prefixes: what is measured, as `list_measured` has it.

    Returns:
        By prefix "<task>.<metric>", mean headline metrics over its conditions; of a consistency "value".

    Raises:
        DataError: an attack on a loss without gradient.
    """
    plan = plan_aims(split, tasks, prefixes)
    known: dict[str, dict[str, float]] = {}

    def look(condition: Condition) -> dict[str, float]:
        if condition.key not in known:
            known[condition.key] = condition.measure({0: network}, split, tasks)[0]
        return known[condition.key]

    found: dict[str, dict[str, float]] = {}
    headlines = [f"{task.name}.{task.headline}" for task in tasks]
    for summary in plan.summaries:
        if summary.prefix in prefixes:
            values = [look(condition) for condition in summary.conditions]
            found[summary.prefix] = {name: fmean(each[name] for each in values) for name in headlines}
    for relation in plan.relations:
        found[CONSISTENCY + relation.name] = {"value": look(plan.agreeing)[relation.name]}
    return found


def plan_aims(split: Source, tasks: Sequence[Task], prefixes: Sequence[str]) -> Plan:
    """The conditions that prefixes want.

    Args:
        split: that is judged.
        tasks: of the networks.
        prefixes: what is measured.

    Raises:
        DataError: an attack on a loss without gradient.
    """
    families = FAMILIES if ALL in prefixes else [family for family in FAMILIES if family in prefixes]
    wanted = list(dict.fromkeys(name for name in map(name_attack, prefixes) if name))
    smooth = list_smooth_tasks(tasks, split) if wanted else ()
    attacks = list_attacks(smooth)
    missing = [name for name in wanted if name not in attacks]
    if missing:
        rough = ", ".join(task.name for task in tasks if task not in smooth)
        raise DataError(
            f"objectives: attack {', '.join(missing)} climbs the gradient of a loss, and that of {rough} cannot be "
            f"differentiated; want one of {', '.join(attacks) or 'none'}, or give the task a loss that has a gradient"
        )
    relations = [each for each in find_consistencies(tasks, split) if CONSISTENCY + each.name in prefixes]
    corruptions = find_corruptions(families) if families else ()
    return Plan(corruptions, tuple(attacks[name] for name in wanted), tuple(relations), SEED)
