"""A front across searches: the trials of several runs on one page, where their numbers mean the same.

RUN RUN ... -> runs of the same data, tasks, recipe and baselines, or refused -> deltas against the same single-task
networks -> one front -> DIR/front.html, front.png, trials.csv. The run folders stay as they are.
"""

from __future__ import annotations

import logging
import sys
from argparse import ArgumentParser
from collections.abc import Sequence

from search.config.command import end_in_one_message, refuse_file_out, refuse_run_out
from search.config.command_parser import CommandParser
from search.load import load
from spaces.common.home import expand_home
from spaces.common.interruption import sigterm_interrupts
from spaces.common.terminal import say
from spaces.errors import ConfigError


@end_in_one_message("The same command begins again.")
def main(argv: Sequence[str] | None = None) -> int:
    """Compare from the command line; every mistake ends in one message and exit status 2."""
    given = _make_parser().parse_args(argv)
    logging.basicConfig(format="%(message)s", level=logging.WARNING)
    # scipy and matplotlib: 1 s, --help does without
    from search.comparison.comparable import refuse_incomparable
    from search.comparison.evidence import check_kind
    from search.comparison.pooled import pool_runs
    from search.comparison.writing import FILES, describe_runs, describe_terms, format_front, write_comparison

    runs, folder = [load(each) for each in given.runs], expand_home(given.out, "--out")
    refuse_file_out(folder)
    refuse_run_out(folder)
    check_kind(given.values)
    refuse_incomparable(runs)
    with sigterm_interrupts():
        pooled = pool_runs(runs, given.values)
        try:
            write_comparison(folder, pooled)
        except OSError as error:
            raise ConfigError(
                f"{folder} cannot be written ({error.strerror or error}); choose another with --out DIR"
            ) from error
    if pooled.view.front:
        print(f"Pareto front of all, cheapest first\n\n{format_front(pooled)}\n")
    else:
        print("No front: no trial of these runs has completed.\n")
    say("\n".join([*describe_runs(pooled), *describe_terms(pooled)]))
    say(f"Written to {folder}  ({', '.join(FILES)})")
    return 0


def _make_parser() -> ArgumentParser:
    parser = CommandParser(
        prog="python -m search.compare",
        description="The trials of several searches on one front and one page: spaces, networks, seeds and samplers "
        "may differ, data, tasks, objectives, recipe and baselines may not.",
        example="python -m search.compare runs/fusion-scenes runs/gates-scenes",
    )
    parser.add_argument("runs", metavar="RUN", nargs="+", help="run folders of searches, finished or not")
    parser.add_argument(
        "--values",
        default="alike",
        metavar="KIND",
        help="confirmed, final or trial: values of that kind of all runs; best: the best that each run has; alike, the "
        "best kind that all runs have, if not said",
    )
    parser.add_argument("--out", metavar="DIR", default="comparison", help="where it goes; comparison if not said")
    return parser


if __name__ == "__main__":
    sys.exit(main())
