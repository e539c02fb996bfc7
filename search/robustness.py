"""How robust the networks of a run are: corrupted images, attacks, and whether their tasks agree with each other.

RUN -> its networks, rebuilt from kept weights -> every condition, those measured before left out -> robustness.csv in
the run folder, and a table. Nothing else of the run is written to.
"""

from __future__ import annotations

import logging
import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from search.config.command import end_in_one_message
from search.config.command_parser import CommandParser
from search.load import load
from search.results.results import ROBUSTNESS
from search.stress.request import JUDGED, Request
from spaces.common.atomic_files import write_text
from spaces.common.interruption import STOPPING, sigterm_interrupts, told_at_once
from spaces.common.machine_faults import COPY, find_mend
from spaces.common.terminal import say
from spaces.errors import ConfigError
from trainers.robustness.corruptions.catalogue import CORRUPTIONS, FAMILIES

USUAL = Request()


@end_in_one_message("Nothing that was measured is lost; the same command goes on.")
def main(argv: Sequence[str] | None = None) -> int:
    """Measure from the command line; every mistake ends in one message and exit status 2, as in a search."""
    told = _make_parser().parse_args(argv)
    logging.basicConfig(format="%(message)s", level=logging.WARNING)
    request = Request(
        tuple(told.trials), told.split, told.images, told.corruptions, told.attacks, told.seed, told.device
    )
    run = load(told.run)
    with sigterm_interrupts(), told_at_once(STOPPING):
        # torch: 1.5 s, which wrong arguments are refused without
        from search.stress.measuring import measure_run
        from search.stress.table import format_csv, format_rows, tabulate
        from search.study.kept_single_tasks import read_single_tasks

        plan, measured = measure_run(run, request, partial(print, flush=True))
        # single-task networks are known on the validation split alone
        alone = read_single_tasks(run.path, run.tasks) if request.split == "val" and request.images is None else ()
        rows = tabulate(plan, measured, run.tasks, {each.task: each.mean for each in alone})
        print(f"\n{format_rows(rows, plan, run.tasks)}\n")
        for note in plan.notes:
            say(note)
        _write(run.path / ROBUSTNESS, format_csv(rows))
    return 0


def _write(path: Path, text: str) -> None:
    try:
        write_text(path, text)
    except OSError as error:
        raise ConfigError(
            f"{path} cannot be written ({error.strerror or error}); {find_mend(error)}, or {COPY}"
        ) from error
    say(
        f"Written to {path}: .delta in percent of the network's own clean value, .delta_mtl of single-task networks' "
        "(known with --split val and all of its images), positive is better."
    )


def _make_parser() -> ArgumentParser:
    parser = CommandParser(
        prog="python -m search.robustness",
        description="How robust are the networks that a search has delivered? Measures them on corrupted and attacked "
        "images, and whether their tasks agree; writes robustness.csv into the run folder, of what is asked for now. "
        "What was measured is kept: the same command, or a wider one, measures only what is not measured yet.",
        example="python -m search.robustness runs/fusion-scenes",
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
    parser.add_argument("--split", default=USUAL.split, help=f"{' or '.join(JUDGED)}; {USUAL.split} if not said")
    parser.add_argument("--images", type=int, metavar="N", help="first images of the split; all if not said")
    parser.add_argument(
        "--corruptions",
        nargs="+",
        default=list(FAMILIES),
        metavar="NAME",
        help=f"families ({', '.join(FAMILIES)}), corruptions ({', '.join(CORRUPTIONS)}), or none; all if not said",
    )
    parser.add_argument(
        "--attacks",
        nargs="+",
        metavar="NAME",
        help="joint, a task, either with cospgd. before it, or none; joint and every task if not said",
    )
    parser.add_argument(
        "--seed", type=int, default=USUAL.seed, help="of what corruptions and attacks draw; 0 if not said"
    )
    parser.add_argument("--device", help="cpu or cuda; a GPU where there is one if not said")
    return parser


if __name__ == "__main__":
    sys.exit(main())
