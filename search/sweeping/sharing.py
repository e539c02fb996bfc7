"""What the runs of a sweep share: single-task networks and supernets, each trained once where fingerprints are equal.

They lie beside the run folders, as those of all searches of one folder do, and every run keeps its own copy of the
numbers that it rests on: whichever run is removed, the others have lost nothing.
"""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from search.config.settings import Settings
from search.jobs.job import Job
from search.jobs.outcome_files import make_folder, read_outcome
from search.study.baselines import list_baseline_jobs
from search.study.supernet_training import plan_supernet
from search.sweeping.sweep import Sweep
from spaces.common.atomic_files import replacing


def list_groundwork(settings: Settings) -> list[Job]:
    """The single-task networks of a search, and its supernet where it has one."""
    supernet = plan_supernet(settings, settings.runner.threads)
    return [*list_baseline_jobs(settings, settings.runner.threads), *([supernet] if supernet else [])]


def is_there(job: Job) -> bool:
    """Whether a training has ended and left all it leaves."""
    outcome = read_outcome(job)
    return bool(outcome and outcome.complete and (job.weights is None or job.weights.is_file()))


def take_earlier(sweep: Sweep) -> int:
    """Take what earlier searches of the folder around have trained; how many trainings that saves.

    Files are linked where the file system does that and copied elsewhere; they are replaced whole and never written
    into, so neither side sees the other's end. What is damaged is found when a search opens it, as ever.
    """
    taken: set[Path] = set()
    for run in sweep.runs:
        for job in list_groundwork(run.settings):
            there = sweep.outer.absolute() / job.outcome.parent.name
            source = replace(
                job,
                outcome=there / job.outcome.name,
                weights=there / job.weights.name if job.weights else None,
            )
            if job.outcome in taken or job.outcome.exists() or not is_there(source):
                continue
            make_folder(job.outcome.parent)
            # Weights first: an outcome says that they are there.
            for old, new in ((source.weights, job.weights), (source.outcome, job.outcome)):
                if old and new:
                    _link(old, new)
            taken.add(job.outcome)
    return len(taken)


def _link(old: Path, new: Path) -> None:
    """Have a file in a second place."""
    with suppress(FileExistsError):
        try:
            os.link(old, new)
        except FileExistsError:
            raise
        except OSError:  # another file system, or one without links
            with replacing(new) as part:
                shutil.copyfile(old, part)
