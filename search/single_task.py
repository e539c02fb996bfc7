"""Single-task networks: what Delta_MTL is measured against.

One network a task and seed, trained by the same recipe on the same data through the same runner, and kept across runs:
a later search with the same data, recipe and encoder trains none again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from statistics import fmean
from typing import TYPE_CHECKING

from search.job import Job, Outcome
from spaces.pattern import hard_sharing

if TYPE_CHECKING:
    from search.settings import Settings


def baseline_jobs(settings: Settings, threads: int) -> list[Job]:
    """The single-task trainings that a search rests on, seeds outermost so that all tasks are known early.

    Args:
        settings: of the search; ``baselines.seeds`` networks a task.
        threads: CPU threads a training may use.
    """
    network, cache = settings.network, settings.run.folder.absolute() / "baselines"
    jobs = []
    for replicate in range(settings.baselines.seeds):
        for task in settings.data.selected:
            job = Job(
                label=f"{task.name}, seed {replicate + 1}",
                pattern=hard_sharing([task.name], network.encoder_stages, network.decoder_stages),
                data=settings.data,
                network=network,
                recipe=settings.trainer,
                seed=training_seed(settings.run.seed, replicate),
                threads=threads,
                outcome=cache / "unnamed",
            )
            named = cache / f"{job.fingerprint}.json"
            jobs.append(replace(job, outcome=named, checkpoint=named.with_suffix(".ckpt")))
    return jobs


def reference(outcomes: Mapping[Job, Outcome], settings: Settings) -> dict[str, float]:
    """Mean headline metric of each task's single-task networks, by task."""
    means = {}
    for task in settings.data.selected:
        name = f"{task.name}.{task.headline}"
        means[task.name] = fmean(o.metrics[name] for o in outcomes.values() if name in o.metrics)
    return means


def whole_reference(outcomes: Mapping[Job, Outcome], settings: Settings) -> dict[str, float]:
    """Mean of each metric of the single-task networks, by "<task>.<metric>"; those of older versions may lack some."""
    means = {}
    for task in settings.data.selected:
        for name in (f"{task.name}.{metric.name}" for metric in task.table):
            if found := [outcome.metrics[name] for outcome in outcomes.values() if name in outcome.metrics]:
                means[name] = fmean(found)
    return means


def training_seed(run_seed: int, replicate: int) -> int:
    """Seed of a training: the same for every pattern of a replicate, so that patterns are compared in pairs."""
    return 1000 * run_seed + replicate
