"""The record of a run in MLflow, made anew from its folder: for searches that ran where no store was reachable.

RUN -> its trials, trainings, report -> the store, where what is recorded already is left alone.
"""

from __future__ import annotations

import logging
import sys
from argparse import ArgumentParser
from collections.abc import Mapping, Sequence
from dataclasses import replace

from search.config.command import EXIT_FAILED, end_in_one_message
from search.config.command_parser import CommandParser
from search.load import load
from search.standing.holder import refuse_held
from spaces.common.formatting import format_list
from spaces.common.interruption import sigterm_interrupts
from spaces.common.terminal import say
from spaces.errors import ConfigError

ONWARD = "What is recorded stays; the same command adds the rest."


@end_in_one_message(ONWARD)
def main(argv: Sequence[str] | None = None) -> int:
    """Record a run from the command line; every mistake ends in one message and exit status 2, as in a search.

    Returns:
        The exit status: 1 where the store could not be written, or not all of it.
    """
    told = _make_parser().parse_args(argv)
    logging.basicConfig(format="%(message)s", level=logging.WARNING)
    run = load(told.run)
    refuse_held(run.path)
    # optuna and torch: 2 s, wrong arguments do without
    from search.confirming.earlier import list_trained
    from search.report.reopened import reopen_search
    from search.results.restored_settings import name_run, restore_settings
    from search.study.fronts.final_files import load_finals
    from search.study.run_folder import open_folder
    from search.tracking.logged_models import list_exports
    from search.tracking.mlflow import Mlflow
    from search.tracking.store_uri import find_problem

    if told.uri and (problem := find_problem("--uri", told.uri)):
        raise ConfigError(problem)
    tracking = Mlflow(told.uri, told.experiment)
    tracking.refuse_missing_folder(run.path.parent)
    settings = replace(restore_settings(name_run(run.config, run.path), run.path), tracking=tracking)
    with sigterm_interrupts(), open_folder(settings) as folder:
        opened = reopen_search(settings, folder)
        objectives = opened.search.study.problem.objectives
        again = list(list_trained(settings, folder, opened.trials, objectives))
        for job, outcome in again:
            opened.search.reporter.confirmed(job, outcome)
        if opened.search.reporter.report(opened.status, opened.baselines):
            return EXIT_FAILED
    ended = {trial.number for trial in opened.trials}
    things = {
        "trial": len(ended),
        "final training": len(load_finals(run.path)),
        "confirmation": len(again),
        "model": sum(len(folders) for number, folders in list_exports(run.path).items() if number in ended),
    }
    say(f"Recorded in {tracking.tell_place(run.path.parent)}: {_count(things)}.")
    return 0


def _count(things: Mapping[str, int]) -> str:
    """Such as "8 trials, 1 model", without those of which there is none."""
    told = (f"{many} {name}{'s' * (many != 1)}" for name, many in things.items() if many)
    return format_list(told) or "no trial"


def _make_parser() -> ArgumentParser:
    parser = CommandParser(
        prog="python -m search.track",
        example="python -m search.track runs/fusion-scenes --uri sqlite:///store.db",
        description="Records a run in MLflow, as its search would have: trials, further trainings, confirmations, "
        "front, files. For searches that ran where no store was reachable, or with tracking=none. The same run twice "
        "gives one record.",
    )
    parser.add_argument("run", metavar="RUN", help="run folder of a search, such as runs/fusion-scenes")
    parser.add_argument(
        "--uri",
        default="",
        help="store: sqlite:///FILE, or the address of a server; if not said $MLFLOW_TRACKING_URI, else mlflow.db "
        "in the folder of all runs",
    )
    parser.add_argument("--experiment", default="", help="that holds it; automl-mtl-sharing if not said")
    return parser


if __name__ == "__main__":
    sys.exit(main())
