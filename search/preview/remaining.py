"""What a search would still train: trials beyond those of earlier starts, baselines that no cache holds.

Read from the run folder and the cache as a search would find them; nothing is written.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from search.config.problem_statement import state_problem
from search.jobs.job import Job
from search.jobs.outcome_files import read_result
from search.study.baselines import list_baseline_jobs
from search.study.fronts.final_files import load_finals
from search.study.fronts.final_trainings import AUTO, SUPERNET
from search.study.run_folder import check_folder
from search.study.supernet_training import KEPT, SupernetTraining
from spaces.common.atomic_files import read_json

if TYPE_CHECKING:
    from pathlib import Path

    from search.config.settings import Settings


@dataclass(frozen=True)
class Remaining:
    """Trainings, done and to do.

    Args:
        finished: trials of earlier starts in the run folder, failed ones counted.
        trials: to train, at most.
        baselines: single-task networks that deltas refer to.
        untrained: those of them that are to be trained.
        supernet: epochs of the one training of all patterns, 0 for none or for one that is there already.
        final: epochs of all final trainings together that are not there; while trials are left, of all.
    """

    finished: int
    trials: int
    baselines: tuple[Job, ...]
    untrained: tuple[Job, ...]
    supernet: int = 0
    final: int = 0

    @property
    def cached(self) -> int:
        """Baselines that are there already."""
        return len(self.baselines) - len(self.untrained)


def count_remaining(settings: Settings, patterns: int | None, device: str) -> Remaining:
    """What is left of a search.

    Args:
        settings: of the search.
        patterns: how many there are within the limits, if it is known; none is trained twice.
        device: kind of device that trains, "cpu" or "cuda"; results of the other kind are trained again.

    Raises:
        ConfigError: the run folder belongs to another search.
        DataError: a file of a final training or of the supernet is damaged.
    """
    folder = check_folder(settings)
    finished = sum(1 for _ in (folder / "trials").glob("[0-9]*.json"))
    ends = settings.sampler.most(state_problem(settings))
    most = min(bound for bound in (settings.split.trials, patterns, ends) if bound is not None)
    jobs = tuple(list_baseline_jobs(settings, settings.runner.threads))
    kept = read_json(folder / "baselines.json") if (folder / "baselines.json").exists() else {}
    untrained = tuple(job for job in jobs if job.fingerprint not in kept and read_result(job, device) is None)
    trials, split = max(0, most - finished), settings.split
    ended = {f.trial.number for f in load_finals(folder) if f.ready and f.trial.epochs == split.final}
    final = max(0, split.members - (0 if trials else len(ended)))
    shared = split.supernet if _wants_supernet(settings, folder, device, trials, final) else 0
    return Remaining(finished, trials, jobs, untrained, shared, final * split.final)


def _wants_supernet(settings: Settings, folder: Path, device: str, trials: int, final: int) -> bool:
    """Whether so many trials and final trainings rest on a supernet that is not there."""
    supernet = SupernetTraining(settings, folder / KEPT, settings.runner.threads)
    if supernet.job is None or supernet.find_cached(device):
        return False
    estimated = trials and (settings.split.delivers or supernet.find_kept() is None)
    return bool(estimated or (final and settings.final.start in (AUTO, SUPERNET)))
