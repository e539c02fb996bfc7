"""How searches stand: running or finished, what has ended, the front so far, time left, where to look.

RUN or a folder of runs -> files of the run folder, read as they are at this moment -> text. Nothing is written.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Sequence

from search.config.command import end_in_one_message
from search.config.command_parser import CommandParser
from search.standing.find_runs import find_runs
from search.standing.standing import read_standing
from search.standing.words import describe_run, describe_runs
from spaces.common.terminal import find_room


@end_in_one_message("")
def main(argv: Sequence[str] | None = None) -> int:
    """Tell from the command line; a run that is not there ends in one message and exit status 2."""
    given = _make_parser().parse_args(argv)
    paths, folder = find_runs(given.run)
    runs, width = [read_standing(path) for path in paths], find_room()
    print(describe_run(runs[0], width) if folder is None else describe_runs(runs, width, folder))
    return 0


def _make_parser() -> ArgumentParser:
    parser = CommandParser(
        prog="python -m search.status",
        description="How does a search stand: running or finished, what has ended, the front so far, time left, and "
        "where to look. Reads files alone, so it may be asked at any time.",
        example="python -m search.status runs/fusion-scenes",
    )
    parser.add_argument(
        "run",
        metavar="RUN",
        nargs="?",
        help="run folder of a search, its name in runs/, or a folder of runs, those of sweeps among them; all runs in "
        "runs/ if not said",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
