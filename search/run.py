"""The command line, and the flow of a search from settings to front.

argv -> settings -> study.ask -> space.sample -> runner -> worker: build, train, measure
     -> study.tell -> tracker -> front -> report
"""

from __future__ import annotations

import logging
import shlex
import signal
import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from search.config.command import FAILED, ended
from search.config.compose import answer, compose
from search.problem.problem import state_problem
from search.problem.reference_point import measure_constants
from search.problem.validation import check_settings
from search.study.run_folder import RunFolder, open_folder

if TYPE_CHECKING:
    from search.config.settings import Settings


def main(argv: Sequence[str] | None = None) -> int:
    """Run a search from the command line; every user mistake ends in one message and exit status 2."""
    argv = list(sys.argv[1:] if argv is None else argv)
    command = f"python -m search.run {shlex.join(argv)}".strip()
    logging.basicConfig(format="%(message)s", level=logging.WARNING)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a scheduler's notice is as good as Ctrl-C
    return ended(f"Nothing finished is lost; go on with:\n  {command}")(_run)(argv, command)


def _run(argv: Sequence[str], command: str) -> int:
    text = answer(argv)
    if text is not None:
        print(text)
        return 0
    settings = compose(argv)
    check_settings(settings)
    with open_folder(settings) as folder:
        return _search(settings, folder, command)


def _search(settings: Settings, folder: RunFolder, command: str) -> int:
    """Train what the agenda says, keep the record, write the report."""
    from search.problem.census import find_costliest
    from search.problem.reference_point import compute_reference_point
    from search.report.baseline_table import make_baseline_rows
    from search.report.progress import Progress
    from search.report.reporter import Reporter
    from search.report.search_cost import CostRates
    from search.study.study import Study
    from search.study.trial_queue import TrialQueue
    from spaces.pattern.sharing_pattern import hard_sharing

    tasks = settings.data.selected
    searched = state_problem(settings)
    anchors = settings.space.anchors(searched.tasks)
    seed, stop = settings.run.seed, settings.stop
    high = find_costliest(searched)
    measured = any("." in objective.name for objective in searched.objectives)
    reference = compute_reference_point(
        searched.objectives,
        high.macs,
        high.params,
        measure_constants(settings) if measured else {},
        settings.reference,
    )
    searched = replace(searched, point=reference)
    study = Study(folder.journal, searched, settings.sampler, anchors=anchors, seed=seed, stop=stop)

    tracker = settings.tracking.tracker(settings.run.folder)
    tracker.open(settings.run.name, folder.search_id, settings.plain, command)
    baselines = settings.baselines.seeds * len(tasks)
    progress = Progress(settings.trials, baselines, objectives=searched.objectives)
    alone = {name: searched.cost(hard_sharing([name], *_stages(settings))).macs for name in searched.tasks}
    gpus = getattr(settings.runner, "gpus_per_trial", None) or 1.0
    rates = CostRates(alone, settings.trainer.epochs, settings.runner.threads, gpus, folder.begun)
    board = Reporter(folder.path, searched.objectives, reference, tasks, progress, tracker, study.marks, rates)
    agenda = TrialQueue(settings, folder, study, settings.runner.threads, board)
    try:
        with progress:
            agenda.resume()
            settings.runner.run(agenda, folder.path, started=board.started)
    except BaseException as error:
        board.report("KILLED" if isinstance(error, KeyboardInterrupt) else "FAILED", agenda.baselines)
        raise
    if agenda.stopped:
        board.report("FAILED", agenda.baselines)
        mend = "" if agenda.stuck else f"\nMend this, then go on with:\n  {command}"
        print(f"The search stopped: {agenda.stopped}{mend}", file=sys.stderr)
        return FAILED
    found = make_baseline_rows(tasks, agenda.baselines.values(), measure_constants(settings), alone)
    board.report("FINISHED", agenda.baselines, found)
    if last := agenda.finished or study.outlook():
        print(last)
    return 0


def _stages(settings: Settings) -> tuple[int, int]:
    return settings.network.encoder_stages, settings.network.decoder_stages


if __name__ == "__main__":
    sys.exit(main())
