"""Chosen patterns trained with several seeds: what comparisons that must be trusted are made of.

The jobs are those of a search, through the same runner. Every outcome is kept under its fingerprint, so a comparison
can be stopped, taken up and enlarged, and two comparisons share the trainings that they have in common.
"""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from search.config.settings import Settings
from search.jobs.job import Job, Outcome
from search.jobs.outcome_files import read_result
from search.problem.deltas import compute_delta
from search.study.baselines import average_headlines, average_metrics
from search.study.trial_result import tell_robustness, tell_workspace
from spaces.common.formatting import format_duration
from spaces.errors import DataError
from spaces.networks.family import Family
from spaces.pattern.sharing_pattern import SharingPattern, hard_sharing
from trainers.trainer import Trainer

FOLDER = "replicates"
HOPELESS = 5  # failures, with no success before them, after which nothing more is started: our choice


@dataclass(frozen=True)
class Entrant:
    """A pattern that enters a comparison with a network or a recipe of its own.

    Args:
        pattern: what is shared.
        network: family of blocks; None for that of the settings.
        recipe: how it is trained; None for that of the settings.
    """

    pattern: SharingPattern
    network: Family | None = None
    recipe: Trainer | None = None


@dataclass(frozen=True)
class Replicates:
    """Patterns measured with the same seeds each.

    Args:
        names: of the patterns.
        seeds: of the trainings.
        metrics: "<task>.<metric>", "<task>.delta", "delta_mtl", "worst_delta", "delta_all", "macs", "params",
            "fixed", "workspace.<number>", numbers of robustness -> (patterns, seeds) array, NaN for a pattern without a
            workspace; what gates cost differs from seed to seed.
        single: "<task>.<metric>" -> (seeds,) array of the single-task networks.
        seconds: (patterns, seeds) wall time of the trainings.
        epochs: (patterns, seeds) of the trainings, those of networks that they started from among them.
        curves: "<task>.<metric>" -> (patterns, seeds, epochs) on the judged split; the longest recipe gives the epochs,
            shorter ones end in NaN.
    """

    names: tuple[str, ...]
    seeds: tuple[int, ...]
    metrics: dict[str, np.ndarray]
    single: dict[str, np.ndarray]
    seconds: np.ndarray
    curves: dict[str, np.ndarray]
    epochs: np.ndarray

    def difference(self, name: str, other: str, metric: str = "delta_mtl") -> tuple[float, float]:
        """Mean of the paired differences ``name - other``, and its standard error."""
        rows = self.metrics[metric]
        return compute_mean_and_error(rows[self.names.index(name)] - rows[self.names.index(other)])

    def of(self, seeds: Iterable[int]) -> Replicates:
        """The same for some of the seeds; deltas still refer to the single-task networks of all."""
        wanted = tuple(seeds)
        columns = [self.seeds.index(seed) for seed in wanted]
        metrics = {name: rows[:, columns] for name, rows in self.metrics.items()}
        single = {name: row[columns] for name, row in self.single.items()}
        curves = {name: rows[:, columns] for name, rows in self.curves.items()}
        seconds, epochs = self.seconds[:, columns], self.epochs[:, columns]
        return Replicates(self.names, wanted, metrics, single, seconds, curves, epochs)


def compute_mean_and_error(values: np.ndarray) -> tuple[float, float]:
    """Mean and standard error; the error of one value is NaN."""
    error = float(values.std(ddof=1) / math.sqrt(len(values))) if len(values) > 1 else math.nan
    return float(values.mean()), error


def replicate(
    settings: Settings,
    patterns: Mapping[str, SharingPattern | Entrant],
    seeds: Sequence[int],
    *,
    judged: str = "test",
    aims: Sequence[str] = (),
    say: Callable[[str], None] = print,
) -> Replicates:
    """Train every pattern, and every task alone, with every seed; what is there already is not trained again.

    Args:
        settings: data, network, recipe and runner; nothing of the search itself is used.
        patterns: by the name they are told by; single-task networks are those of the settings.
        seeds: equal for all patterns, so that differences are paired.
        judged: split that is measured.
        aims: what of robustness is measured of patterns, as `trainers.robustness.aims.list_measured` has it.
        say: hears of the progress.

    Raises:
        DataError: trainings failed; the reasons are named.
        KeyboardInterrupt: the user stopped it; the same call goes on.
    """
    folder = settings.run.folder.absolute() / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    network, tasks = settings.network, settings.data.selected
    alone = {
        f"{task.name} alone": hard_sharing([task.name], network.encoder_stages, network.decoder_stages)
        for task in tasks
    }
    jobs: dict[tuple[str, int], Job] = {}
    for seed in seeds:  # outermost, so that what is stopped early is balanced
        for name, given in {**alone, **patterns}.items():
            each = given if isinstance(given, Entrant) else Entrant(given)
            label, threads = f"{name}, seed {seed}", settings.runner.threads
            family, recipe = each.network or network, each.recipe or settings.trainer
            job = Job(label, each.pattern, settings.data, family, recipe, seed, threads, folder, None, judged)
            job = replace(job, aims=() if name in alone else tuple(sorted(aims)), first=folder / "first")
            file = folder / f"{job.fingerprint}.json"
            jobs[name, seed] = replace(job, outcome=file, checkpoint=file.with_suffix(".ckpt"))
    roster = ReplicateQueue(jobs.values(), say)
    settings.runner.run(roster, folder, started=lambda concurrency: None)
    failed = [f"{job.label}: {outcome.reason}" for job, outcome in roster.outcomes.items() if not outcome.complete]
    if failed:
        raise DataError([f"{len(failed)} of {len(jobs)} trainings failed; run it again for another try", *failed[:5]])
    return _compared(settings, tuple(patterns), tuple(seeds), jobs, roster.outcomes)


class ReplicateQueue:
    """A fixed list of jobs, as runners take them.

    Args:
        jobs: in the order in which they are to run; equal files are run once.
        say: hears of the progress.
    """

    def __init__(self, jobs: Iterable[Job], say: Callable[[str], None]) -> None:
        self._waiting = deque({job.outcome: job for job in jobs}.values())
        self._total = len(self._waiting)
        self._say = say
        self._start, self._trained = time.monotonic(), 0
        self.running: set[Job] = set()
        self.outcomes: dict[Job, Outcome] = {}

    def next(self) -> Job | None:
        """The next job to start; None when nothing is left to start."""
        if not self._waiting or self.stopped:
            return None
        job = self._waiting.popleft()
        self.running.add(job)
        return job

    def done(self, job: Job, outcome: Outcome) -> None:
        """Take the outcome of a job."""
        self.running.discard(job)
        self.outcomes[job] = outcome
        self._trained += 1
        left = self._total - len(self.outcomes)
        pace = (time.monotonic() - self._start) / self._trained
        what = f"{outcome.seconds:.0f} s" if outcome.complete else f"failed: {outcome.reason}"
        self._say(f"{job.label}: {what}; {left} of {self._total} trainings left, about {format_duration(left * pace)}")

    def look(self) -> None:
        """Nothing is due."""

    @property
    def stopped(self) -> bool:
        """Whether nothing more is to start: the machine is at fault, or everything fails."""
        many = len(self.outcomes) >= HOPELESS and not any(o.complete for o in self.outcomes.values())
        return many or any(outcome.fault for outcome in self.outcomes.values())

    def answer_from_cache(self, device: str) -> None:
        """Take what was trained before on this kind of device, "cpu" or "cuda"."""
        for job in list(self._waiting):
            if outcome := read_result(job, device):
                self._waiting.remove(job)
                self.outcomes[job] = outcome
        if self.outcomes:
            self._say(f"{len(self.outcomes)} of {self._total} trainings are there already")


def _compared(
    settings: Settings,
    names: tuple[str, ...],
    seeds: tuple[int, ...],
    jobs: Mapping[tuple[str, int], Job],
    outcomes: Mapping[Job, Outcome],
) -> Replicates:
    tasks = settings.data.selected
    by_file = {job.outcome: outcome for job, outcome in outcomes.items()}
    found = {place: by_file[job.outcome] for place, job in jobs.items()}
    alone = {jobs[place]: outcome for place, outcome in found.items() if place[0] not in names}
    means, whole = average_headlines(alone, settings), average_metrics(alone, settings)
    measured = [
        [
            {
                **(told := {**found[name, seed].metrics, **tell_robustness(found[name, seed], tasks)}),
                **(delta := compute_delta(told, means, tasks, whole)),
                **tell_workspace(found[name, seed], delta["delta_mtl"], means, tasks),
                **found[name, seed].cost,
            }
            for seed in seeds
        ]
        for name in names
    ]
    numbers = dict.fromkeys(each for row in measured for cell in row for each in cell)
    metrics = {each: np.array([[cell.get(each, np.nan) for cell in row] for row in measured]) for each in numbers}
    single = {
        f"{task.name}.{metric.name}": np.array(
            [found[f"{task.name} alone", seed].metrics[f"{task.name}.{metric.name}"] for seed in seeds]
        )
        for task in tasks
        for metric in task.table
    }
    seconds = np.array([[found[name, seed].seconds for seed in seeds] for name in names])
    longest = max(len(curve) for outcome in found.values() for curve in outcome.curves.values())
    curves = {name: np.full((len(names), len(seeds), longest), np.nan) for name in single}
    for name, cells in curves.items():
        for row, column in np.ndindex(cells.shape[:2]):
            curve = found[names[row], seeds[column]].curves[name]
            cells[row, column, : len(curve)] = curve
    epochs = np.array([[found[name, seed].epochs for seed in seeds] for name in names])
    return Replicates(names, seeds, metrics, single, seconds, curves, epochs)
