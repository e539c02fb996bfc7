"""The search: the flow from settings to front.

argv -> settings -> trial queue: study.ask -> space.sample -> runner -> worker: build, train, measure
     -> trial queue: study.tell -> tracker -> front -> report
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from search.config.command import EXIT_FAILED, SWEPT, run_command, spell_command
from search.config.padding_note import describe_padding
from search.config.problem_statement import measure_trivial_predictions
from search.config.settings import Settings
from search.config.validation import check_course, check_settings
from search.preview.first_words import describe_start
from search.preview.kept_plan import find_plan
from search.preview.notes import list_notes
from search.report.baseline_table import make_baseline_rows
from search.runners.runner import ready
from search.standing.confirming import BY_SEARCH, drop_search_confirming, leave_confirming
from search.study.baselines import list_ended
from search.study.queue_status import QueueState
from search.study.run_folder import RunFolder, open_folder
from spaces.common.interruption import STOPPING, told_at_once
from spaces.common.machine_faults import MachineError, find_machine_fault
from spaces.common.terminal import say
from spaces.errors import UserError

if TYPE_CHECKING:
    from search.jobs.job import Job, Outcome
    from search.report.baseline_table import BaselineRow
    from search.report.build_search import Search
    from search.report.reporter import Reporter
    from search.study.trial_queue import TrialQueue

PROGRAM = "search.run"


def main(argv: Sequence[str] | None = None) -> int:
    """Run a search from the command line; every user mistake ends in one message and exit status 2."""
    return run_command(argv, PROGRAM, _run, _tell_onward)


def _tell_onward(command: str) -> str:
    return "" if SWEPT in os.environ else f"Nothing finished is lost; go on with:\n  {command}"


def _run(settings: Settings, given: str) -> int:
    plan = find_plan(settings, given)
    with suppress(UserError):  # told in full by the checks
        check_course(settings)
        say(describe_start(settings, plan))
    check_settings(settings)
    tell_notes(settings)
    with open_folder(settings) as folder, told_at_once(STOPPING), ready(settings.runner):
        return _search(settings, folder, spell_command(PROGRAM, given), plan.seconds if plan else None)


def tell_notes(settings: Settings) -> None:
    """Print what is to be known of data that are right, once a start."""
    notes = [f"Note: {note}." for note in list_notes(settings.data)]
    for line in (*notes, describe_padding(settings)):
        if line:
            say(line)


def _search(settings: Settings, folder: RunFolder, command: str, forecast: float | None) -> int:
    """Train what the trial queue says, keep the record, write the report."""
    # optuna and rich: 0.3 s, --help and a refused configuration do without
    from search.report.build_search import build_search
    from search.runners.guarded_queue import GuardedQueue
    from search.study.trial_queue import TrialQueue

    search = build_search(settings, folder, command, forecast)
    reporter = search.reporter
    queue = TrialQueue(settings, folder, search.study, settings.runner.threads, reporter)
    try:
        queue.resume()
        reporter.found(queue.baselines)
        with reporter.showing():  # counts what is there from its first moment
            try:
                settings.runner.run(GuardedQueue(queue), folder.path, started=reporter.started)
            except MachineError as error:
                queue.stop("; ".join(error.problems))
        if settings.confirm.seeds and not queue.status.stopped:
            _confirm(settings, folder, search, queue, settings.confirm.seeds)
    except BaseException as error:
        status = "KILLED" if isinstance(error, KeyboardInterrupt) else "FAILED"
        _report(reporter, status, partial(list_ended, settings, queue.baselines))
        raise
    end = queue.status
    if end.stopped:
        unwritten = _report(reporter, "FAILED", partial(list_ended, settings, queue.baselines))
        mend = "" if end.state is QueueState.STUCK else f"\nMend this, then go on with:\n  {command}"
        also = f"\nThe report cannot be written either: {unwritten}" if unwritten else ""
        print(f"The search stopped: {end.reason}{also}{mend}", file=sys.stderr)
        return EXIT_FAILED
    tasks, constants = settings.data.selected, measure_trivial_predictions(settings)
    rows = make_baseline_rows(tasks, queue.baselines.values(), constants, search.single_task_macs)
    if unwritten := _report(reporter, "FINISHED", lambda: queue.baselines, rows):
        print(
            f"The report cannot be written: {unwritten}\nNothing is lost: all is trained. Mend this, then the same "
            f"command writes it:\n  {command}",
            file=sys.stderr,
        )
        return EXIT_FAILED
    drop_search_confirming(folder.path)
    if last := end.reason or search.study.outlook():
        say(last)
    return 0


def _confirm(settings: Settings, folder: RunFolder, search: Search, queue: TrialQueue, seeds: int) -> None:
    """Train what is delivered with fresh seeds, where there is anything."""
    # scipy and more: 1 s, a search without a confirmation does without
    from search.confirming.request import Request
    from search.report.confirm_search import confirm_search

    trials = [trial for _, trial in sorted(queue.trials.items())]
    if any(trial.complete for trial in trials):
        try:
            request = Request(seeds=seeds)
            begun = partial(leave_confirming, folder.path, request.spell(), time.time(), by=BY_SEARCH)
            confirm_search(settings, folder, search, trials, request, say, begun)
        except MachineError as error:
            queue.stop("; ".join(error.problems))


def _report(
    reporter: Reporter,
    status: str,
    list_baselines: Callable[[], Mapping[Job, Outcome]],
    rows: Sequence[BaselineRow] = (),
) -> str:
    """Write the report; what of the machine keeps it from being written, if anything."""
    try:
        reporter.report(status, list_baselines(), rows)
    except Exception as error:
        if not (fault := find_machine_fault(error)):
            raise
        reporter.abandon(status)
        return fault
    return ""


if __name__ == "__main__":
    sys.exit(main())
