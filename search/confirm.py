"""What a search has delivered, once more: fresh seeds, the full budget, the test split.

RUN -> its networks -> trainings with fresh seeds through the run's own runner, those done before left out -> the test
split, measured once a training -> confirmed.csv, and intervals on the run's page and plot.
"""

from __future__ import annotations

import logging
import sys
import time
from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from search.config.command import EXIT_FAILED, end_in_one_message
from search.config.command_parser import CommandParser
from search.confirming.request import AS_SEARCHED, RESPLIT, SEEDS, WITH_VAL, Request
from search.load import load
from search.standing.holder import refuse_held
from spaces.common.interruption import STOPPING, sigterm_interrupts, told_at_once
from spaces.common.machine_faults import COPY, MachineError
from spaces.common.terminal import lay_out, say
from spaces.errors import ConfigError, DataError

if TYPE_CHECKING:
    from search.config.settings import Settings
    from search.report.reopened import Reopened
    from search.results.results import Results
    from search.study.run_folder import RunFolder

ONWARD = "Nothing finished is lost; the same command goes on."


@end_in_one_message(ONWARD)
def main(argv: Sequence[str] | None = None) -> int:
    """Confirm from the command line; every mistake ends in one message and exit status 2, as in a search."""
    told = _make_parser().parse_args(argv)
    logging.basicConfig(format="%(message)s", level=logging.WARNING)
    if told.with_val and told.resplit:
        raise ConfigError(
            "--with-val and --resplit: with all images in training nothing is left to draw; give one of them"
        )
    division = WITH_VAL if told.with_val else RESPLIT if told.resplit else AS_SEARCHED
    request = Request(tuple(told.trials), told.best, told.seeds, told.budget, division)
    run = load(told.run)
    refuse_held(run.path)
    _refuse_early(run, request)
    with sigterm_interrupts(), told_at_once(STOPPING):
        return _confirm(_restore(run), request)


def _refuse_early(run: Results, request: Request) -> None:
    """See that there are the networks and the budget, before anything is opened or said."""
    # optuna and scipy: 1 s, wrong arguments do without
    from search.confirming.choose import choose_members
    from search.confirming.confirming import check_budget
    from search.problem.objectives import resolve_objectives
    from search.study.fronts.final_files import choose_ended, load_finals

    objectives, trials = resolve_objectives(run.config["objectives"], run.tasks), run.ended
    finals = load_finals(run.path)
    members = len(choose_members(run.path, replace(request, best=None), trials, finals, objectives, ()))
    if request.best is not None:
        members = min(request.best, len(choose_ended(finals)) or sum(trial.complete for trial in trials))
    check_budget(request, members)


def _restore(run: Results) -> Settings:
    """The settings of a run whose data and weights are those of its search."""
    # optuna: 0.3 s, wrong arguments do without
    from search.config.validation import check_settings
    from search.results.restored_settings import name_run, restore_settings
    from spaces.networks.weights.content import digest_weights

    settings = restore_settings(name_run(run.config, run.path), run.path)
    check_settings(settings)
    now = {"data": settings.data.fingerprint, "weights": digest_weights(settings.network)}
    for what, content in now.items():
        searched = run.config.get(f"{what}_content")
        if searched is not None and content != searched:
            raise DataError(
                f"the {what} of {run.path} have changed since its search (content {searched} -> {content}), so that "
                "nothing could be compared with it; restore them"
            )
    return settings


def _confirm(settings: Settings, request: Request) -> int:
    # optuna and torch: 2 s, as above
    from search.report.confirm_search import confirm_search
    from search.report.reopened import reopen_search
    from search.standing.confirming import drop_confirming, leave_confirming
    from search.study.run_folder import open_folder

    with open_folder(settings, elsewhere=COPY) as folder:
        begun = partial(leave_confirming, folder.path, request.spell(), time.time())
        opened = reopen_search(settings, folder)
        search = opened.search
        try:
            confirm_search(settings, folder, search, opened.trials, request, say, begun)
        except MachineError as error:
            search.reporter.abandon("FAILED")
            print(f"{'; '.join(error.problems)}. {ONWARD}", file=sys.stderr)
            return EXIT_FAILED
        except BaseException:
            search.reporter.abandon(opened.status)
            raise
        search.reporter.report(opened.status, opened.baselines)
        drop_confirming(folder.path, request.spell())
        _tell_other_division(settings, folder, opened, request.division)
    return 0


def _tell_other_division(settings: Settings, folder: RunFolder, opened: Reopened, division: str) -> None:
    """Print what was measured now where the report shows another confirmation, which knows more networks."""
    # scipy: as above
    from search.confirming.shown import read_totals
    from search.confirming.table import describe, format_rows
    from search.study.fronts.final_files import load_finals

    problem = opened.search.study.problem
    given = folder.path, opened.trials, problem.objectives, problem.point, settings.data.selected
    shown, asked = (read_totals(*given, load_finals(folder.path), each) for each in (None, division))
    if asked is not None and shown is not None and shown.confirmation.division != division:
        head = "Asked for now, and kept in confirmed.json beside the one that knows more networks:"
        print("\n".join([lay_out(head), "", format_rows(asked), "", *map(lay_out, describe(asked))]))


def _make_parser() -> ArgumentParser:
    parser = CommandParser(
        prog="python -m search.confirm",
        description="Do the networks that a search has delivered hold what it promised? Trains them again with fresh "
        "seeds, as long as the search did, and measures each once on the test split: means, 95 % intervals over these "
        "seeds and those of single-task networks, the probability of being on the front, "
        "the winner's curse. Writes confirmed.csv into the run folder and intervals "
        "on its page and plot. The same command goes on where it was stopped.",
        example="python -m search.confirm runs/fusion-scenes --seeds 3",
    )
    parser.add_argument("run", metavar="RUN", help="run folder of a search, such as runs/fusion-scenes")
    parser.add_argument(
        "--trials",
        nargs="+",
        type=int,
        default=[],
        metavar="N",
        help="numbers of trials; all delivered ones if not said",
    )
    parser.add_argument("--best", type=int, metavar="K", help="K networks, those of most expected hypervolume together")
    parser.add_argument("--seeds", type=int, default=SEEDS, metavar="N", help=f"of every network; {SEEDS} if not said")
    parser.add_argument(
        "--budget",
        type=int,
        metavar="N",
        help="trainings of networks in all; those beyond --seeds of each go where a place on the front is open",
    )
    parser.add_argument("--with-val", action="store_true", help="train on the validation images, too")
    parser.add_argument("--resplit", action="store_true", help="draw train and validation images anew with each seed")
    return parser


if __name__ == "__main__":
    sys.exit(main())
