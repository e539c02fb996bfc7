"""One network by need: conditions on its numbers, and what to make best of.

RUN, conditions -> the delivered networks that meet them -> the best: its numbers, drawing, weights, the next command.
"""

from __future__ import annotations

import logging
import sys
from argparse import ArgumentParser
from collections.abc import Sequence

from search.config.command import end_in_one_message
from search.config.command_parser import CommandParser
from search.load import load

EXIT_NEAREST = 1  # where no network fits, so that a script notices


@end_in_one_message("")
def main(argv: Sequence[str] | None = None) -> int:
    """Pick from the command line; 0 where a network fits, 1 where the nearest is told, 2 after a mistake."""
    given = _make_parser().parse_args(argv)
    logging.basicConfig(format="%(message)s", level=logging.WARNING)
    from search.picking.choice import choose  # pandas and scipy: 1 s, --help does without

    choice = choose(load(given.run), given.conditions, given.maximize, given.minimize, knee=given.knee)
    print(choice.text)
    return 0 if choice.fits else EXIT_NEAREST


def _make_parser() -> ArgumentParser:
    parser = CommandParser(
        prog="python -m search.pick",
        description="One of the networks that a search has delivered, by need: conditions on its numbers and what to "
        "make best of. Where none fits, the nearest, by how much it misses, and exit status 1.",
        example="python -m search.pick runs/fusion-scenes 'macs<=16e6' --maximize delta_mtl",
    )
    parser.add_argument("run", metavar="RUN", help="run folder of a search, such as runs/fusion-scenes")
    parser.add_argument("conditions", metavar="CONDITION", nargs="*", help="such as 'macs<=4e8' or 'worst_delta>=-1'")
    parser.add_argument(
        "--maximize", metavar="COLUMN", help="what is best; if not said, the first objective that is no cost"
    )
    parser.add_argument("--minimize", metavar="COLUMN", help="the same of what is to be small")
    parser.add_argument("--knee", action="store_true", help="no preference: nearest to the best of every objective")
    return parser


if __name__ == "__main__":
    sys.exit(main())
