"""From checked settings to the problem that samplers see, and to the reference point that its hypervolume has."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import TypeVar

from search.config.settings import Settings
from search.problem.census import find_costliest
from search.problem.objectives import resolve_objectives
from search.problem.problem import Problem
from search.problem.reference_point import compute_reference_point
from search.problem.training_memory import COPIES, TrainingMemory
from spaces.networks.cost import compute_ceiling, compute_cost
from spaces.networks.identity import identify_network
from spaces.networks.memory import NUMBER, compute_activations
from spaces.networks.modules.output import Output
from spaces.pattern.sharing_pattern import SharingPattern, hard_sharing
from trainers.constant_prediction import measure_constants
from trainers.robustness.aims import list_aims, list_measured, name_attack

T = TypeVar("T")


def state_problem(settings: Settings) -> Problem:
    """What is searched; torch is imported with the first cost that is asked for."""
    tasks = settings.data.selected
    outputs = {task.name: task.output for task in tasks}
    price, most = (
        _remember(partial(each, family=settings.network, outputs=outputs, size=settings.data.size))
        for each in (compute_cost, compute_ceiling)
    )
    names, wanted = tuple(sorted(outputs)), resolve_objectives(settings.objectives, tasks)
    identify = _remember(partial(identify_network, family=settings.network, size=settings.data.size))
    memory = TrainingMemory(_remember(partial(_foretell_memory, settings, outputs)), settings.limits.memory_gb)
    given = settings.space, names, wanted, price, settings.limits, most, settings.reference
    return Problem(*given, identify=identify, memory=memory, trials=settings.split.trials, stop=settings.stop)


def _foretell_memory(settings: Settings, outputs: Mapping[str, Output], pattern: SharingPattern) -> int:
    """Bytes that a pattern's training holds, as far as shapes tell; with gates, of all branches."""
    network, size, images = settings.network, settings.data.size, settings.trainer.batch_size
    weights = compute_ceiling(pattern, network, outputs, size)
    held = images * (compute_activations(pattern, network, outputs, size) + 3 * size[0] * size[1] * NUMBER)
    return held + NUMBER * (COPIES * weights.params + weights.fixed)


def fix_reference_point(problem: Problem, settings: Settings) -> Problem:
    """The same problem with the point that its hypervolume is measured from.

    Raises:
        DataError: a metric of a task is an objective, and constant predictions have no value for it; or an attack is
            on a loss without gradient.
    """
    high = find_costliest(problem)
    measured = any("." in objective.name for objective in problem.objectives)
    constants = measure_trivial_predictions(settings) if measured else {}
    aims = list_aims(settings.data.selected)
    _check_attacks(settings)
    slowest = problem.latency.slowest if problem.latency else math.nan
    point = compute_reference_point(
        problem.objectives, high.macs, high.params, constants, settings.reference, aims, slowest
    )
    return replace(problem, point=point)


def measure_trivial_predictions(settings: Settings) -> dict[str, float]:
    """Metrics of the best constant predictions on the validation split."""
    from trainers.batches.memory import load_split  # torch: 1.5 s, for objectives and tables that need them alone

    return measure_constants(load_split(settings.data, "val", "cpu"), settings.data.selected)


def _check_attacks(settings: Settings) -> None:
    """Refuse, before anything is trained, attacks on a loss without gradient."""
    prefixes = list_measured(settings.objectives, settings.data.selected)
    if any(map(name_attack, prefixes)):
        # torch: as above
        from trainers.batches.memory import load_split
        from trainers.robustness.measure_aims import plan_aims

        plan_aims(load_split(settings.data, "val", "cpu"), settings.data.selected, prefixes)


def count_single_task_macs(problem: Problem, settings: Settings) -> dict[str, int]:
    """Multiply-accumulates of each task's single-task network, by task."""
    stages = settings.network.encoder_stages, settings.network.decoder_stages
    return {name: problem.cost(hard_sharing([name], *stages)).macs for name in problem.tasks}


def _remember(compute: Callable[[SharingPattern], T]) -> Callable[[SharingPattern], T]:
    """The same, computed once a pattern: samplers ask for all trials at every proposal."""
    known: dict[str, T] = {}

    def remembered(pattern: SharingPattern) -> T:
        if pattern.key not in known:
            known[pattern.key] = compute(pattern)
        return known[pattern.key]

    return remembered
