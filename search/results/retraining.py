"""The job of a trial that has ended, planned once more from what its run folder says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from search.jobs.job import Job
from search.jobs.outcome_files import OutcomeFiles
from search.jobs.trial import Trial
from search.results.restored_settings import restore_settings
from search.study.run_folder import RunFolder
from search.study.supernet_training import plan_supernet
from search.study.trial_jobs import TrialJobs, check_start
from spaces.errors import DataError
from spaces.networks.weights.content import is_whole


def plan_again(config: Mapping[str, Any], path: Path, trial: Trial) -> Job:
    """The job, wherever the run folder lies now.

    Args:
        config: that the run folder keeps.
        path: the run folder.
        trial: of the run.

    Raises:
        DataError: it starts from weights of a supernet or of earlier trials, and these are not there.
    """
    settings = restore_settings(config, path)
    threads = settings.runner.threads
    folder, outcomes = RunFolder(path, "", resumed=True), OutcomeFiles(path / ".outcomes")
    job = TrialJobs(settings, folder, outcomes, plan_supernet(settings, threads)).repeat(trial)
    if job.inherits is not None and not is_whole(job.inherits.file):
        raise DataError(
            f"trial {trial.number} started from the weights of a supernet, which {job.inherits.file} does not hold any "
            "more, or not whole; the command of the search with a larger trials=N trains it again"
        )
    check_start(job, trial.number)
    return replace(job, seed=trial.seed)
