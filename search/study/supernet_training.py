"""The supernet of one search: a job like a baseline, kept under its fingerprint for all searches of the folder."""

from __future__ import annotations

from dataclasses import replace

from search.config.settings import Settings
from search.jobs.job import Job, Outcome
from search.jobs.members import ESTIMATES, WEIGHTS, Members
from search.jobs.outcome_files import read_result
from search.problem.estimates import Estimates
from search.study.baselines import RETRIES, derive_seed
from spaces.networks.content import digest_file
from spaces.pattern.sharing_pattern import separate_decoders
from trainers.recipe import stretch_recipe

SUPERNETS = "supernets"


class SupernetTraining:
    """One training of all patterns, and the estimates that come of it.

    Args:
        settings: of the search.
        threads: CPU threads a training may use.

    Attributes:
        job: the training; None where the search has no supernet.
        outcome: of it, once it is there.
        stopped: why there will be none; empty while there may be.
    """

    def __init__(self, settings: Settings, threads: int) -> None:
        self.job = plan_supernet(settings, threads)
        self.outcome: Outcome | None = None
        self.stopped = ""
        self._failures = 0

    @property
    def missing(self) -> bool:
        """Whether it is wanted and not there."""
        return self.job is not None and self.outcome is None

    def find_cached(self, device: str) -> Outcome | None:
        """What an earlier search trained on this kind of device, "cpu" or "cuda", with its weights, whole.

        What is damaged is removed, so that it is trained again.
        """
        if self.job is None or self.job.weights is None:
            return None
        outcome = read_result(self.job, device)
        if outcome is None:
            return None
        whole = isinstance(outcome.findings.get(ESTIMATES), dict) and self.job.weights.is_file()
        if whole and digest_file(self.job.weights) == outcome.findings.get(WEIGHTS):
            return outcome
        self.job.outcome.unlink(missing_ok=True)
        return None

    def done(self, outcome: Outcome) -> bool:
        """Take an outcome; whether the job is to be tried again."""
        assert self.job is not None
        if outcome.complete:
            self.outcome = outcome
            return False
        self._failures += 1
        self.job.outcome.unlink(missing_ok=True)
        if self._failures > RETRIES:
            self.stopped = f"the supernet failed {self._failures} times, so nothing is estimated: {outcome.reason}"
        return self._failures <= RETRIES

    def read_estimates(self) -> Estimates:
        """What it tells of patterns."""
        assert self.outcome is not None
        return Estimates(self.outcome.findings[ESTIMATES])


def plan_supernet(settings: Settings, threads: int) -> Job | None:
    """The job of a search's supernet; None where it has none."""
    epochs, network = settings.split.supernet, settings.network
    if not epochs:
        return None
    tasks = tuple(sorted(task.name for task in settings.data.selected))
    cache = settings.run.folder.absolute() / SUPERNETS
    job = Job(
        label="supernet",
        pattern=separate_decoders(tasks, network.encoder_stages, network.decoder_stages),
        data=settings.data,
        network=network,
        recipe=stretch_recipe(settings.trainer, epochs),
        seed=derive_seed(settings.run.seed, 0),
        threads=threads,
        outcome=cache / "unnamed",
        members=Members(settings.space, settings.limits.macs, settings.limits.params),
    )
    named = cache / f"{job.fingerprint}.json"
    return replace(job, outcome=named, weights=named.with_suffix(".pt"), checkpoint=named.with_suffix(".ckpt"))
