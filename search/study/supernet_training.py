"""The supernet of one search: a job like a baseline, kept under its fingerprint for all searches of the folder."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path

from search.config.settings import Settings
from search.jobs.job import Job, Outcome
from search.jobs.members import ESTIMATES, TOLD, WEIGHTS, Members, digest_estimates
from search.jobs.outcome_files import read_result, restore_outcome
from search.problem.estimates import Estimates
from search.study.baselines import RETRIES, derive_seed
from spaces.common.atomic_files import read_json, write_json
from spaces.errors import DataError
from spaces.networks.weights.content import digest_file
from spaces.pattern.sharing_pattern import separate_decoders
from trainers.recipe import stretch_recipe

SUPERNETS = "supernets"
KEPT = "supernet.json"  # in the run folder


class SupernetTraining:
    """One training of all patterns, and the estimates that come of it.

    Args:
        settings: of the search.
        kept: file of the run folder that holds the outcome that it rests on.
        threads: CPU threads a training may use.

    Attributes:
        job: the training; None where the search has no supernet.
        outcome: of it, once it is there.
        stopped: why there will be none; empty while there may be.
    """

    def __init__(self, settings: Settings, kept: Path, threads: int) -> None:
        self._kept = kept
        self.job = plan_supernet(settings, threads)
        self.outcome: Outcome | None = None
        self.stopped = ""
        self._failures = 0
        self._there = False  # whether its weights are
        self._source = kept  # of the estimates

    @property
    def missing(self) -> bool:
        """Whether its weights are wanted and not there."""
        return self.job is not None and not self._there

    def find_cached(self, device: str) -> Outcome | None:
        """What an earlier search trained on this kind of device, "cpu" or "cuda", with its weights, whole."""
        if self.job is None or self.job.weights is None:
            return None
        outcome = read_result(self.job, device)
        if outcome is None or not self.job.weights.is_file():
            return None
        whole = digest_file(self.job.weights) == outcome.findings.get(WEIGHTS)
        return outcome if whole and _holds_estimates(outcome) else None

    def find_kept(self) -> Outcome | None:
        """The outcome that this very run rests on, whatever became of the weights.

        Raises:
            DataError: its file is damaged.
        """
        if self.job is None or not self._kept.exists():
            return None
        try:
            outcome = restore_outcome(read_json(self._kept)[self.job.fingerprint])
            return outcome if _holds_estimates(outcome) else None
        except KeyError:
            return None
        except (DataError, TypeError, AttributeError) as error:
            raise DataError(
                f"{self._kept}: no supernet by fingerprint ({error.__cause__ or error}); it was damaged from outside: "
                "restore it from a copy, or remove it: what it kept is made again where it is needed"
            ) from error

    def clear_damaged(self) -> None:
        """Remove what `find_cached` has not taken, which a worker would answer with and trainings start from."""
        if self.job is not None and self.job.weights is not None:
            self.job.outcome.unlink(missing_ok=True)
            self.job.weights.unlink(missing_ok=True)

    def done(self, outcome: Outcome) -> bool:
        """Take an outcome, trained or kept; whether the job is to be tried again."""
        assert self.job is not None
        if outcome.complete:
            self.outcome = outcome
            self._there = self.job.weights is not None and self.job.weights.is_file()
            self._source = self.job.outcome if self._there else self._kept
            write_json(self._kept, {self.job.fingerprint: asdict(replace(outcome, curves={}))})  # nobody reads curves
            return False
        self._failures += 1
        self.job.outcome.unlink(missing_ok=True)
        if self._failures > RETRIES:
            self.stopped = f"the supernet failed {self._failures} times, so nothing is estimated: {outcome.reason}"
        return self._failures <= RETRIES

    def read_estimates(self) -> Estimates:
        """What it tells of patterns."""
        assert self.outcome is not None
        assert self.job is not None
        return Estimates(self.outcome.findings[ESTIMATES], str(self._source))


def _holds_estimates(outcome: Outcome) -> bool:
    """Whether estimates are there, whole; those of before digests were kept need at least have their form."""
    try:
        table = outcome.findings[ESTIMATES]
        Estimates(table, "")
    except (DataError, KeyError):
        return False
    return outcome.findings.get(TOLD, "") in ("", digest_estimates(table)) and all(table.values())


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
