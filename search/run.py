"""The search: the flow from settings to front.

argv -> settings -> trial queue: study.ask -> space.sample -> runner -> worker: build, train, measure
     -> trial queue: study.tell -> tracker -> front -> report
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from search.config.command import EXIT_FAILED, run_command, spell_command
from search.config.padding_note import describe_padding
from search.config.problem_statement import measure_trivial_predictions
from search.config.settings import Settings
from search.config.validation import check_settings
from search.report.baseline_table import make_baseline_rows
from search.study.queue_status import QueueState
from search.study.run_folder import RunFolder, open_folder

PROGRAM = "search.run"


def main(argv: Sequence[str] | None = None) -> int:
    """Run a search from the command line; every user mistake ends in one message and exit status 2."""
    return run_command(argv, PROGRAM, _run, lambda command: f"Nothing finished is lost; go on with:\n  {command}")


def _run(settings: Settings, given: str) -> int:
    check_settings(settings)
    if note := describe_padding(settings):
        print(note)
    with open_folder(settings) as folder:
        return _search(settings, folder, spell_command(PROGRAM, given))


def _search(settings: Settings, folder: RunFolder, command: str) -> int:
    """Train what the trial queue says, keep the record, write the report."""
    # optuna and rich: 0.3 s, --help and a refused configuration do without
    from search.report.build_search import build_search
    from search.study.trial_queue import TrialQueue

    search = build_search(settings, folder, command)
    reporter = search.reporter
    queue = TrialQueue(settings, folder, search.study, settings.runner.threads, reporter)
    try:
        with reporter.showing():
            queue.resume()
            settings.runner.run(queue, folder.path, started=reporter.started)
    except BaseException as error:
        reporter.report("KILLED" if isinstance(error, KeyboardInterrupt) else "FAILED", queue.baselines)
        raise
    status = queue.status
    if status.stopped:
        reporter.report("FAILED", queue.baselines)
        mend = "" if status.state is QueueState.STUCK else f"\nMend this, then go on with:\n  {command}"
        print(f"The search stopped: {status.reason}{mend}", file=sys.stderr)
        return EXIT_FAILED
    tasks, constants = settings.data.selected, measure_trivial_predictions(settings)
    rows = make_baseline_rows(tasks, queue.baselines.values(), constants, search.single_task_macs)
    reporter.report("FINISHED", queue.baselines, rows)
    if last := status.reason or search.study.outlook():
        print(last)
    return 0


if __name__ == "__main__":
    sys.exit(main())
