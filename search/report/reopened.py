"""A search that was opened again without going on with it: what commands need that add to a run's report."""

from __future__ import annotations

from dataclasses import dataclass

from search.config.settings import Settings
from search.jobs.job import find_device
from search.jobs.trial import Trial
from search.report.build_search import Search, build_search
from search.study.earlier_trials import load_earlier_trials
from search.study.fronts.final_files import Final, load_finals
from search.study.groundwork import Groundwork
from search.study.run_folder import RunFolder


@dataclass(frozen=True)
class Reopened:
    """What earlier starts have left.

    Args:
        search: with a reporter that has heard of it all.
        ground: the single-task networks that deltas refer to, and the supernet.
        trials: that have ended.
        finals: final trainings that have ended.
    """

    search: Search
    ground: Groundwork
    trials: tuple[Trial, ...]
    finals: tuple[Final, ...]


def reopen_search(settings: Settings, folder: RunFolder) -> Reopened:
    """Open a run that this process holds; no trial is asked for or told.

    Args:
        settings: of its search.
        folder: of the run.

    Raises:
        UserError: as `build_search`, or files of the run folder are damaged.
    """
    search = build_search(settings, folder, "")
    study = search.study
    trials = load_earlier_trials(folder, study.numbers, {each.number for each in study.list_running()})
    finals = load_finals(folder.path)
    search.reporter.resumed(trials, finals)
    ground = Groundwork(settings, folder.path, settings.runner.threads, search.reporter)
    missing = ground.resume(trials_left=False)
    for job, outcome in ground.find_cached(find_device(), tuple(missing)):
        ground.done(job, outcome)
    return Reopened(search, ground, tuple(trials), tuple(finals))
