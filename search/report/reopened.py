"""A search that was opened again without going on with it: what commands need that add to a run's report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from search.config.settings import Settings
from search.jobs.job import Job, Outcome
from search.jobs.trial import Trial
from search.report.build_search import Search, build_search
from search.standing.started import read_started
from search.standing.state import FINISHED, find_last, judge_end
from search.study.baselines import BaselineTrainings, list_ended
from search.study.earlier_trials import load_earlier_trials
from search.study.fronts.final_files import load_finals
from search.study.run_folder import RunFolder
from search.study.supernet_training import KEPT, SupernetTraining


@dataclass(frozen=True)
class Reopened:
    """What earlier starts have left.

    Args:
        search: with a reporter that has heard of it all.
        baselines: outcomes of the single-task networks that deltas refer to.
        trials: that have ended.
        status: how its search ended, in the words of `Tracker.close`.
    """

    search: Search
    baselines: Mapping[Job, Outcome]
    trials: tuple[Trial, ...]
    status: str


def reopen_search(settings: Settings, folder: RunFolder) -> Reopened:
    """Open a run that this process holds; no trial is asked for or told, and no file of it is touched.

    Args:
        settings: of its search.
        folder: of the run.

    Raises:
        UserError: as `build_search`, or files of the run folder are damaged.
    """
    search, threads = build_search(settings, folder, ""), settings.runner.threads
    study = search.study
    trials = load_earlier_trials(folder, study.numbers, {each.number for each in study.list_running()})
    search.reporter.resumed(trials, load_finals(folder.path))
    baselines = BaselineTrainings(settings, folder.path / "baselines.json", threads)
    baselines.resume()
    supernet = SupernetTraining(settings, folder.path / KEPT, threads)
    if supernet.job and (outcome := supernet.find_kept()):
        search.reporter.supernet(supernet.job, outcome)
    last = find_last(folder.path, {trial.number: trial.ended for trial in trials})
    began = read_started(folder.path).began
    end = judge_end(folder.path, len(trials), settings.split.trials, last, began)
    ended = list_ended(settings, baselines.outcomes)
    return Reopened(search, ended, tuple(trials), "FINISHED" if end == FINISHED else "KILLED")
