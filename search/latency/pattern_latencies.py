"""Latencies of a space's patterns, measured before anything is trained, while no training of the search runs."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path

from search.config.settings import Settings
from search.latency.latencies import Latencies, Networks
from search.problem.problem import Problem
from spaces.choices import cover, draw, enumerate_patterns
from spaces.pattern.sharing_pattern import SharingPattern
from spaces.pattern.walk import list_blocks

KEPT, CACHE = "latencies.json", "latencies"
MOST = 200  # patterns that are measured beforehand, a fraction of a second each: our choice


def measure_beforehand(problem: Problem, settings: Settings, folder: Path, say: Callable[[str], None]) -> Problem:
    """The same problem with latencies where they are wanted: of all patterns, or of ``MOST`` that foretell the others.

    Args:
        problem: whose patterns are to be measured.
        settings: of the search.
        folder: of the run, which keeps what was measured.
        say: hears how many are measured, where some are.

    Raises:
        ConfigError: this run's latencies are of another machine, and some are missing.
        DataError: a network cannot be measured.
    """
    if not settings.measures_latency:
        return problem
    latencies, patterns = _open(problem, settings, folder), list_beforehand(problem)
    if missing := len(latencies.list_missing(patterns)):
        say(
            f"Measuring the latency of {missing} untrained networks, on one thread of a process that does nothing else."
        )
    latencies.measure(patterns)
    latencies.learn(patterns)
    return replace(problem, latency=latencies)


def recall_latencies(problem: Problem, settings: Settings, folder: Path) -> tuple[Problem, str]:
    """As `measure_beforehand` where all is known already; else the problem as it is. In words what is known."""
    if not settings.measures_latency:
        return problem, ""
    latencies, patterns = _open(problem, settings, folder), list_beforehand(problem)
    missing = len(latencies.list_missing(patterns))
    if missing:
        many = f"{missing} of {len(patterns)} untrained networks are still to be measured"
        return problem, f"Latency: {many}, which the search does before it trains"
    latencies.learn(patterns)
    took = [latencies.tell(pattern)[0] for pattern in patterns]
    known = f"Latency: {min(took):.3g} to {max(took):.3g} ms of one image on one thread, {len(patterns)} measured"
    return replace(problem, latency=latencies), known


def list_beforehand(problem: Problem) -> list[SharingPattern]:
    """All patterns of a small space within the counted limits; of a larger one landmarks, every option, and draws."""
    space, tasks, rng = problem.space, problem.tasks, random.Random(0)
    found = [proposal.pattern for proposal in islice(enumerate_patterns(space, tasks), MOST + 1)]
    if len(found) > MOST:
        drawn = (draw(space, tasks, rng) for _ in range(MOST))
        some = chain(space.anchors(tasks).values(), cover(space, tasks, rng), drawn)
        found = [proposal.pattern for proposal in some]
    fitting = [pattern for pattern in found if problem.limits.allow(problem.cost(pattern))] or found
    return list({pattern.key: pattern for pattern in fitting}.values())[:MOST]


def _open(problem: Problem, settings: Settings, folder: Path) -> Latencies:
    def count(pattern: SharingPattern) -> tuple[float, ...]:
        """What takes time: arithmetic, weights to be read, and that a block is begun at all."""
        cost = problem.cost(pattern)
        return float(cost.macs), float(cost.params), float(len(tuple(list_blocks(pattern))))

    outputs = {task.name: task.output for task in settings.data.selected}
    networks = Networks(settings.network, outputs, settings.data.size, problem.identify, count)
    return Latencies(networks, folder / KEPT, settings.run.folder / CACHE)
