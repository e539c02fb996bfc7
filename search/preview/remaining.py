"""What a search would still train: trials beyond those of earlier starts, baselines that no cache holds.

Read from the run folder and the cache as a search would find them; nothing is written.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from search.config.problem_statement import fix_reference_point, state_problem
from search.jobs.job import Job
from search.jobs.outcome_files import OutcomeFiles, read_result
from search.jobs.trial import Trial, load_trial
from search.latency.pattern_latencies import recall_latencies
from search.preview.confirming_left import ConfirmingLeft, count_confirming
from search.study.baselines import list_baseline_jobs, read_kept_baselines
from search.study.fronts.final_phase import FinalPhase
from search.study.fronts.final_trainings import AUTO, SUPERNET
from search.study.run_folder import TRIALS, RunFolder, check_folder
from search.study.supernet_training import KEPT, SupernetTraining
from search.study.trial_jobs import TrialJobs, inherit_from

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from search.config.settings import Settings


@dataclass(frozen=True)
class Remaining:
    """Trainings, done and to do.

    Args:
        finished: trials of earlier starts in the run folder, failed ones counted unless they are tried again.
        trials: to train, at most.
        baselines: single-task networks that deltas refer to.
        untrained: those of them that are to be trained.
        supernet: epochs of the one training of all patterns, 0 for none or for one that is there already.
        final: epochs of all final trainings together that are not there; while trials are left, of all.
        confirming: what is trained with fresh seeds at the end.
    """

    finished: int
    trials: int
    baselines: tuple[Job, ...]
    untrained: tuple[Job, ...]
    supernet: int = 0
    final: int = 0
    confirming: ConfirmingLeft = field(default_factory=ConfirmingLeft)

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
        DataError: a file of a trial, of a final training or of the supernet is damaged.
    """
    folder = check_folder(settings)
    ended = [load_trial(path) for path in sorted((folder / TRIALS).glob("[0-9]*.json"))]
    retried = {trial.retry_of for trial in ended if trial.retry_of is not None}
    failed = sum(trial.failed and trial.number not in retried for trial in ended) if settings.retry else 0
    finished = len(ended) - len(retried) - failed  # patterns: one that was tried again counts once
    ends = settings.sampler.most(state_problem(settings))
    most = min(bound for bound in (settings.split.trials, patterns, ends) if bound is not None)
    jobs = tuple(list_baseline_jobs(settings, settings.runner.threads))
    kept = read_kept_baselines(folder / "baselines.json") if (folder / "baselines.json").exists() else {}
    untrained = tuple(job for job in jobs if job.fingerprint not in kept and read_result(job, device) is None)
    trials, split = max(0, most - finished), settings.split
    supernet = SupernetTraining(settings, folder / KEPT, settings.runner.threads)
    final = _count_finals(settings, folder, supernet, ended, trials)
    shared = split.supernet if _wants_supernet(settings, supernet, device, trials, final) else 0
    again = count_confirming(settings, folder, () if trials or final else ended)
    return Remaining(finished, trials, jobs, untrained, shared, final * split.final, again)


def _count_finals(
    settings: Settings, folder: Path, supernet: SupernetTraining, ended: Sequence[Trial], trials: int
) -> int:
    """Final trainings that are left: as many as are wanted, and once the trials have ended those of the real front."""
    phase, members = FinalPhase(settings, folder), settings.split.members
    phase.resume()
    if trials or not members:
        return members
    priced, _ = recall_latencies(state_problem(settings), settings, folder)
    problem = fix_reference_point(priced, settings)
    outcomes, run = OutcomeFiles(folder.absolute() / ".outcomes"), RunFolder(folder, "", resumed=True)
    jobs = TrialJobs(settings, run, outcomes, supernet.job)
    weights = inherit_from(supernet.job) if supernet.job else None
    return len(phase.plan(problem, ended, jobs.repeat, weights))


def _wants_supernet(settings: Settings, supernet: SupernetTraining, device: str, trials: int, final: int) -> bool:
    """Whether so many trials and final trainings rest on a supernet that is not there."""
    if supernet.job is None or supernet.find_cached(device):
        return False
    estimated = trials and (settings.split.delivers or supernet.find_kept() is None)
    return bool(estimated or (final and settings.final.start in (AUTO, SUPERNET)))
