"""Syne Tune's MOASHA in an arena, one worker. Wants the optional extra "peers"."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.benchmarks.arenas import Arena
from spaces.choices import replay

if TYPE_CHECKING:
    from search.problem.problem import Problem

REDRAWS = 200  # suggestions that repeat a pattern, after which it is given up


def run_moasha(arena: Arena, grace: int, eta: float, budget: int, seed: int) -> Iterator[tuple[str, int, bool]]:
    """Legs of one epoch: key, 1, whether the training is complete.

    Its advantages: MACs are exact from the first epoch on, both metrics are scaled to the reference point, the
    landmarks come first, a suggestion that repeats a pattern is drawn again at no cost, and its ranks are put right
    (`_make_ranks`). It draws from numpy's global generator, which is left as it was.

    Args:
        arena: what is trained.
        grace: epochs before the first rung.
        eta: its reduction factor.
        budget: epochs in all.
        seed: of suggestions and trainings.
    """
    # syne_tune: of an optional extra
    from syne_tune.backend.trial_status import Trial
    from syne_tune.optimizer.scheduler import SchedulerDecision

    rng, problem = np.random.default_rng(seed), arena.problem
    epochs = len(arena.trained(0, np.random.default_rng(0)))
    generators = _Generators(seed)
    with generators.swapped():
        scheduler = _make_scheduler(problem, epochs, grace, eta, seed)
    landmarks = [dict(anchor.choices) for anchor in problem.space.anchors(problem.tasks).values()]
    seen: set[str] = set()
    spent = number = 0
    while spent < budget and len(seen) < len(arena.keys):
        with generators.swapped():
            for _ in range(REDRAWS):
                choices = landmarks.pop(0) if landmarks else dict(scheduler.suggest().config)
                pattern = replay(problem.space, problem.tasks, choices).pattern
                if pattern.key not in seen:
                    break
            trial = Trial(number, choices, datetime(2000, 1, 1))
            scheduler.on_trial_add(trial)
        if pattern.key in seen:
            return
        seen.add(pattern.key)
        macs, curve = float(problem.cost(pattern).macs), arena.trained(arena.row(pattern.key), rng)
        for epoch in range(1, epochs + 1):
            spent += 1
            yield pattern.key, 1, epoch == epochs
            loss = float(curve[epoch - 1]) / arena.worst[0]
            result = {"epoch": epoch, "loss": loss, "macs": macs / arena.worst[1]}
            if epoch == epochs:
                scheduler.on_trial_complete(trial, result)
            elif scheduler.on_trial_result(trial, result) == SchedulerDecision.STOP:
                break
        number += 1


def _make_scheduler(problem: Problem, epochs: int, grace: int, eta: float, seed: int) -> Any:
    """MOASHA over the decisions of a space, one of its own options each."""
    # syne_tune: of an optional extra
    from syne_tune.config_space import choice
    from syne_tune.optimizer.schedulers.multiobjective.moasha import MOASHA

    options: dict[str, list[Any]] = {}

    def note(name: str, allowed: Sequence[Any]) -> Any:
        options[name] = list(allowed)
        return allowed[0]

    problem.space.sample(note, problem.tasks)
    return MOASHA(
        {name: choice(values) for name, values in options.items()},
        ["loss", "macs"],
        time_attr="epoch",
        max_t=epochs,
        grace_period=grace,
        reduction_factor=eta,
        random_seed=seed,
        multiobjective_priority=_make_ranks(),
    )


class _Generators:
    """States of the global generators that are swapped in while MOASHA draws; all others find theirs as it was."""

    def __init__(self, seed: int) -> None:
        others = _get_states()
        np.random.seed(seed)
        random.seed(seed)
        self._own = _get_states()
        _set_states(others)

    @contextmanager
    def swapped(self) -> Iterator[None]:
        """Draw from these, and go on with the same draws the next time."""
        others = _get_states()
        _set_states(self._own)
        try:
            yield
        finally:
            self._own = _get_states()
            _set_states(others)


def _get_states() -> tuple[Any, Any]:
    return np.random.get_state(), random.getstate()


def _set_states(states: tuple[Any, Any]) -> None:
    np.random.set_state(states[0])
    random.setstate(states[1])


def _make_ranks() -> Any:
    """Syne Tune's priority by fronts and epsilon net, with a rank for every row.

    Its own (0.16) returns the order of the rows where its bracket reads ranks, so that who stops is close to chance.
    """
    # syne_tune: of an optional extra
    from syne_tune.optimizer.schedulers.multiobjective import non_dominated_priority as own
    from syne_tune.optimizer.schedulers.multiobjective.multiobjective_priority import NonDominatedPriority

    class Ranks(NonDominatedPriority):
        """(rows,) ranks from 0, the best first, of (rows, metrics) to be minimised."""

        def priority_unsafe(self, objectives: np.ndarray) -> np.ndarray:
            ranks, left, better = np.empty(len(objectives), dtype=int), np.arange(len(objectives)), 0
            while left.size:
                first = own.pareto_efficient(objectives[left])
                ranks[left[first]] = better + own.compute_epsilon_net(objectives[left[first]], dim=self.dim)
                better, left = better + int(first.sum()), left[~first]
            return ranks

    return Ranks()
