"""The single-task networks of one search: which are there, which are to be trained again, and what they amount to."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from statistics import fmean

from search.config.settings import Settings
from search.jobs.job import Job, Outcome
from search.jobs.outcome_files import read_outcome, read_result
from search.problem import deltas
from spaces.common.atomic_files import as_mapping, read_json, write_json
from spaces.errors import DataError
from spaces.pattern.sharing_pattern import hard_sharing
from trainers.recipe import stretch_recipe

RETRIES = 1  # times a failed one is tried again


class BaselineTrainings:
    """The baselines, from jobs to the reference of delta_mtl.

    Args:
        settings: of the search.
        kept: file of the run folder that holds those that it rests on.
        threads: CPU threads a training may use.

    Attributes:
        outcomes: of those that are there.
        reference: mean headline metric by task; empty until all are there.
        whole: mean of every metric, by "<task>.<metric>"; empty until then.
        stopped: why there will be no reference; empty while there may be.
    """

    def __init__(self, settings: Settings, kept: Path, threads: int) -> None:
        self._settings, self._kept = settings, kept
        self._jobs = list_baseline_jobs(settings, threads)
        self._failures: dict[Job, int] = {}
        self.outcomes: dict[Job, Outcome] = {}
        self.reference: dict[str, float] = {}
        self.whole: dict[str, float] = {}
        self.stopped = ""

    def resume(self) -> list[Job]:
        """Take those that this very run rests on, whatever became of the cache; the jobs that are left."""
        if self._kept.exists():
            kept = read_kept_baselines(self._kept)
            self.outcomes = {job: kept[job.fingerprint] for job in self._jobs if job.fingerprint in kept}
        if len(self.outcomes) < len(self._jobs):
            return list(self._jobs)
        self._settle()
        return []

    def find_cached(self, device: str) -> Iterator[tuple[Job, Outcome]]:
        """Those that an earlier search trained on this kind of device, "cpu" or "cuda"."""
        for job in self._jobs:
            if outcome := read_result(job, device):
                yield job, outcome

    def done(self, job: Job, outcome: Outcome) -> bool:
        """Take an outcome; whether the job is to be tried again."""
        if not outcome.complete:
            tried = self._failures.get(job, 0) + 1
            self._failures[job] = tried
            job.outcome.unlink(missing_ok=True)
            if tried > RETRIES:
                self.stopped = (
                    f"the single-task network of {job.label} failed {tried} times, so delta_mtl has no "
                    f"reference: {outcome.reason}"
                )
            return tried <= RETRIES
        self.outcomes[job] = outcome
        if len(self.outcomes) == len(self._jobs):
            # Without the curves, which nobody reads again.
            rows = {each.fingerprint: asdict(replace(found, curves={})) for each, found in self.outcomes.items()}
            write_json(self._kept, rows)
            self._settle()
        return False

    def _settle(self) -> None:
        means = average_headlines(self.outcomes, self._settings)
        try:
            deltas.check_reference(means, self._settings.data.selected)
        except DataError as error:
            self.stopped = str(error)
            return
        self.reference, self.whole = means, average_metrics(self.outcomes, self._settings)


def read_kept_baselines(path: Path) -> dict[str, Outcome]:
    """The outcomes of single-task networks that a run folder keeps, by fingerprint.

    Raises:
        DataError: the file is not there, or is damaged.
    """
    try:
        return {str(name): _restore(each) for name, each in as_mapping(read_json(path)).items()}
    except (AttributeError, OverflowError, TypeError, ValueError) as error:
        raise DataError(
            f"{path}: no baselines by fingerprint ({error}); it was damaged from outside: restore it from a copy, or "
            "use another run.name"
        ) from error


def _restore(stored: object) -> Outcome:
    """An outcome from its JSON; null where a number belongs comes back as NaN, and what is of another kind raises."""
    found = Outcome(**as_mapping(stored))
    return replace(
        found,
        metrics={name: math.nan if each is None else float(each) for name, each in found.metrics.items()},
        cost={name: int(each) for name, each in found.cost.items()},
        epochs=int(found.epochs),
        seconds=float(found.seconds),
        ended=float(found.ended),
        device=str(found.device),
    )


def list_baseline_jobs(settings: Settings, threads: int) -> list[Job]:
    """The single-task trainings that a search rests on, seeds outermost so that all tasks are known early.

    Args:
        settings: of the search; ``baselines.seeds`` networks a task.
        threads: CPU threads a training may use.
    """
    network, cache = settings.network, settings.run.folder.absolute() / "baselines"
    recipe = stretch_recipe(settings.trainer, settings.baselines.epochs or settings.trainer.epochs)
    jobs = []
    for replicate in range(settings.baselines.seeds):
        for task in settings.data.selected:
            job = Job(
                label=f"{task.name}, seed {replicate + 1}",
                pattern=hard_sharing([task.name], network.encoder_stages, network.decoder_stages),
                data=settings.data,
                network=network,
                recipe=recipe,
                seed=derive_seed(settings.run.seed, replicate),
                threads=threads,
                outcome=cache / "unnamed",
            )
            named = cache / f"{job.fingerprint}.json"
            jobs.append(replace(job, outcome=named, checkpoint=named.with_suffix(".ckpt")))
    return jobs


def list_ended(settings: Settings, known: Mapping[Job, Outcome]) -> dict[Job, Outcome]:
    """The single-task networks that are there, for a search that is not at its end.

    Args:
        settings: of the search.
        known: those that it has heard of; others ended after it was told to stop, or are of an earlier search.
    """
    jobs = [job for job in list_baseline_jobs(settings, settings.runner.threads) if job not in known]
    found = {job: outcome for job in jobs if (outcome := read_outcome(job)) and outcome.complete}
    return {**known, **found}


def average_headlines(outcomes: Mapping[Job, Outcome], settings: Settings) -> dict[str, float]:
    """Mean headline metric of each task's single-task networks, by task."""
    means = {}
    for task in settings.data.selected:
        name = f"{task.name}.{task.headline}"
        means[task.name] = fmean(o.metrics[name] for o in outcomes.values() if name in o.metrics)
    return means


def average_metrics(outcomes: Mapping[Job, Outcome], settings: Settings) -> dict[str, float]:
    """Mean of each metric of the single-task networks, by "<task>.<metric>"; those of older versions may lack some."""
    means = {}
    for task in settings.data.selected:
        for name in (f"{task.name}.{metric.name}" for metric in task.table):
            if found := [outcome.metrics[name] for outcome in outcomes.values() if name in outcome.metrics]:
                means[name] = fmean(found)
    return means


def derive_seed(run_seed: int, replicate: int) -> int:
    """Seed of a training: the same for every pattern of a replicate, so that patterns are compared in pairs."""
    return 1000 * run_seed + replicate
