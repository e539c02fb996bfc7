"""The one builder of a search: its problem and study, and the reporter that hears of it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from search.config.command import spell_command
from search.config.problem_statement import count_single_task_macs, fix_reference_point, state_problem
from search.config.settings import Settings
from search.latency.pattern_latencies import measure_beforehand
from search.preview.confirming_left import count_confirming
from search.report.reporter import Reporter
from search.report.search_cost import CostRates
from search.report.terminal.progress import Progress
from search.standing.commit import list_commits
from search.standing.started import Started, read_started
from search.standing.time_left import BASELINE, CONFIRMATION, FINAL, SUPERNET, TRIAL
from search.study.baselines import list_baseline_jobs
from search.study.record.decisions import show_choices
from search.study.run_folder import RunFolder
from search.study.study import Study
from search.tracking.tracker import Origin


@dataclass(frozen=True)
class Search:
    """A search that is open: what commands work with.

    Args:
        study: what is known, and what comes next.
        reporter: the callback that shows it, and writes the report.
        single_task_macs: multiply-accumulates of each task's single-task network, by task.
    """

    study: Study
    reporter: Reporter
    single_task_macs: Mapping[str, int]


def build_search(settings: Settings, folder: RunFolder, command: str, forecast: float | None = None) -> Search:
    """Open the study of a run folder and whatever shows it; the tracking store is told that the run goes on, soon.

    Args:
        settings: of the search, checked.
        folder: that is held for it.
        command: as it was given, for the record; empty for one that only adds to the run.
        forecast: seconds that a plan has foretold, or None.

    Raises:
        UserError: no pattern meets the limits, the sampler cannot serve the problem, the journal is damaged, or there
            is no reference point.
    """
    priced = measure_beforehand(state_problem(settings), settings, folder.path, print)
    problem = fix_reference_point(priced, settings)
    anchors = settings.space.anchors(problem.tasks)
    study = Study(
        folder.journal, problem, settings.sampler, anchors=anchors, seed=settings.run.seed, stop=settings.stop
    )
    if settings.retry:
        study.retry_failed()
    tracker = settings.tracking.tracker(settings.run.folder)
    again, origin = command or _find_command(folder.path), _find_origin(folder, on=bool(command))
    tracker.open(settings.run.name, folder.search_id, settings.plain, again, origin)
    tasks, runner = settings.data.selected, settings.runner
    arguments = command.partition(" -m search.run")[2].strip() if command else None
    started = replace(
        _plan_trainings(settings, folder.path, forecast),
        arguments=arguments,
        place=str(Path.cwd()),
        commits=list_commits(folder.path, len(study.numbers), settings.split.trials),
    )
    progress = Progress(started, objectives=problem.objectives)
    single_task_macs = count_single_task_macs(problem, settings)
    rates = CostRates(single_task_macs, settings.trainer.epochs, runner.threads, runner.gpu_share, folder.begun)
    point, shared = problem.point or (), settings.split.supernet if settings.split.delivers else 0
    reporter = Reporter(
        folder.path,
        problem.objectives,
        point,
        tasks,
        progress,
        tracker,
        study.marks,
        rates,
        shared,
        planned=settings.split.trials,
        show=partial(show_choices, problem),
    )
    return Search(study, reporter, single_task_macs)


def _find_command(folder: Path) -> str:
    """That of the search as its last start left it; empty where that is not known."""
    arguments = read_started(folder).arguments
    return "" if arguments is None else spell_command("search.run", arguments)


def _find_origin(folder: RunFolder, *, on: bool) -> Origin:
    """When a search began and what code has trained it; of several the last, as MLflow has room for one."""
    earlier = read_started(folder.path)
    commit = earlier.commits[-1].removesuffix("+") if earlier.commits else ""
    return Origin(on, float(folder.begun) or earlier.began, commit)


def _plan_trainings(settings: Settings, folder: Path, forecast: float | None) -> Started:
    """What there is to be trained, by kind, for all who tell how far the search is."""
    split, whole, again = settings.split, settings.trainer.epochs, count_confirming(settings, folder)
    alone = settings.baselines.epochs or whole
    networks = again.trainings or 0
    mean = (networks * again.epochs + again.alone * alone) / max(1, networks + again.alone)
    return Started(
        began=time.time(),
        folder=str(folder.resolve()),
        trainings={
            BASELINE: settings.baselines.seeds * len(settings.data.selected),
            SUPERNET: int(split.supernet > 0),
            TRIAL: split.trials,
            FINAL: split.members,
            CONFIRMATION: networks + again.alone,
        },
        epochs={
            BASELINE: alone,
            SUPERNET: split.supernet or 1,
            TRIAL: split.trial * settings.scheduler.share(whole),
            FINAL: split.final or 1,
            CONFIRMATION: mean or 1,
        },
        chained=settings.sampler.chained,
        fresh=again.seeds if again.trainings is None else 0,
        baselines=tuple(job.outcome.name for job in list_baseline_jobs(settings, settings.runner.threads)),
        forecast=forecast,
    )
