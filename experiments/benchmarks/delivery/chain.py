"""Long trainings one after the other, the costliest first, each on the weights of those before."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from experiments.benchmarks.delivery.lab import Foretold, Lab, hand_on
from experiments.benchmarks.samplers import make_trial
from search.jobs.job import Job
from search.jobs.members import Inherited
from search.samplers.sampler import Sampler
from search.study.study import Candidate, Study
from spaces.pattern.sharing_pattern import SharingPattern
from trainers.recipe import stretch_recipe


def train_chain(
    lab: Lab, patterns: Sequence[SharingPattern], epochs: int, seed: int, starts: Sequence[Inherited | None]
) -> list[Job]:
    """Long trainings, the costliest first, each on the weights of those before; every one at the usual rate.

    Args:
        lab: of the problem.
        patterns: to train.
        epochs: of all of them.
        seed: of the run.
        starts: weights that each begins on, before those of the others; None for none.
    """
    order = sorted(range(len(patterns)), key=lambda row: -lab.problem.cost(patterns[row]).macs)
    done: list[Job] = []
    for place, row in enumerate(order):
        own = (epochs - sum(job.recipe.epochs for job in done)) // (len(order) - place)
        inherits = starts[row]
        if done and inherits is None:
            inherits = lab.draw_weights(patterns[row], 1000 * seed)
        if inherits is not None:
            inherits = replace(inherits, since=tuple((hand_on(job).file, job.fingerprint) for job in done))
        recipe = stretch_recipe(lab.settings.trainer, own)
        done.append(lab.plan(f"network {place} of a chain", patterns[row], recipe, 1000 * seed, inherits=inherits))
        lab.train(done[-1])
    return done


def ask(
    lab: Lab,
    sampler: Sampler,
    count: int,
    seed: int,
    foretold: Foretold | None = None,
    measure: Callable[[Candidate], float] = lambda candidate: 0.0,
) -> list[SharingPattern]:
    """The patterns that a study asks for in turn.

    Args:
        lab: of the problem.
        sampler: of the study.
        count: of patterns, at most.
        seed: of the study.
        foretold: what a supernet tells of patterns, or None.
        measure: what comes of one, its delta_mtl; may be left out where the sampler looks at nothing of that.
    """
    problem, found = lab.problem, list[SharingPattern]()
    with tempfile.TemporaryDirectory() as folder:
        anchors = problem.space.anchors(problem.tasks)
        study = Study(Path(folder) / "study.journal", problem, sampler, anchors=anchors, seed=seed)
        if foretold is not None:
            study.foretell(foretold)
        for _ in range(count):
            candidate = study.ask()
            if not isinstance(candidate, Candidate):
                break
            found.append(candidate.pattern)
            study.tell(make_trial(candidate, measure(candidate), lab.settings.trainer.epochs))
    return found
