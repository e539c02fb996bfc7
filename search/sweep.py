"""Several searches by one command: the product of comma lists, each an ordinary search, and what they come to together.

argv -> lists -> runs, all checked -> one after the other, each in a process and a folder of its own -> one front of all
and a table over seeds. The same command goes on; what has finished is not searched again.
"""

from __future__ import annotations

import logging
import shlex
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from functools import partial

import yaml

from search.config.command import EXIT_FAILED, end_in_one_message, spell_command
from search.config.composition import answer
from search.load import load
from search.sweeping.lists import list_combinations, read_lists
from search.sweeping.options import read_options
from search.sweeping.record import Record, open_record, read_record
from search.sweeping.running import check_side_by_side, search_all
from search.sweeping.sharing import take_earlier
from search.sweeping.sweep import Sweep, check_sweep, plan_sweep, spell_values
from spaces.common.interruption import STOPPING, sigterm_interrupts, told_at_once

PROGRAM = "search.sweep"


def main(argv: Sequence[str] | None = None) -> int:
    """Sweep from the command line; every mistake ends in one message and exit status 2, before anything begins."""
    words = list(sys.argv[1:] if argv is None else argv)
    logging.basicConfig(format="%(message)s", level=logging.WARNING)
    command = spell_command(PROGRAM, shlex.join(words))

    @end_in_one_message(f"Nothing finished is lost; go on with:\n  {command}")
    def run() -> int:
        with sigterm_interrupts():
            return _run(words, command)

    return run()


def _run(words: Sequence[str], command: str) -> int:
    options = read_options(words)
    if options.asks_help:
        print(_answer_help(options.rest))
        return 0
    sweep = plan_sweep(options.rest)
    if options.asks_config:
        print(yaml.safe_dump_all([each.settings.plain for each in sweep.runs], sort_keys=False), end="")
        return 0
    check_side_by_side(sweep, options.side_by_side)
    record = read_record(sweep)
    check_sweep(sweep)
    if options.plan:
        return _plan(sweep, record, command)
    say = partial(print, flush=True)
    say(f"{len(sweep.runs)} runs in {sweep.folder}: {', '.join(run.name for run in sweep.runs)}")
    # One search at a time tells it itself, in this terminal.
    told = told_at_once(STOPPING) if options.side_by_side > 1 else nullcontext()
    with open_record(sweep) as record, told:
        if saved := take_earlier(sweep):
            say(f"{saved} trainings that runs rest on are there from earlier searches of {sweep.outer}.")
        failed = search_all(sweep, record, options.side_by_side, say)
        _join(sweep, record)
    if failed:
        endings = "".join(f"\n  {name} {ending}" for name, ending in failed.items())
        print(
            f"{len(failed)} of {len(sweep.runs)} runs did not finish:{endings}\nGo on with:\n  {command}",
            file=sys.stderr,
        )
        return EXIT_FAILED
    return 0


def _answer_help(rest: Sequence[str]) -> str:
    """Help on the choices of the first run."""
    plain = [word for word in rest if word.startswith("-")]
    words = [word for word in rest if not word.startswith("-")]
    if words and any("," in word for word in words):
        lists, others = read_lists(words)
        words = [*others, *spell_values(list_combinations(lists)[0])]
    return answer([*plain, *words, "--help"], PROGRAM) or ""


def _plan(sweep: Sweep, record: Record, command: str) -> int:
    # torch and more where steps are timed: 2 s, a sweep does without
    from search.sweeping.planning import format_plan, plan_runs

    planned = plan_runs(sweep, record, partial(print, file=sys.stderr))
    start = command.replace(" --plan", "")
    print(f"{format_plan(sweep, planned)}\n\nThe sweep starts with\n  {start}")
    return EXIT_FAILED if any(each.seconds is None for each in planned) else 0


def _join(sweep: Sweep, record: Record) -> None:
    """Tell what the runs that have finished come to."""
    # scipy and matplotlib: 1 s, wrong arguments are refused without
    from search.sweeping.joining import Ended, explain_unwritable_folder, join_runs

    ended = [Ended(run.setting, load(run.folder)) for run in sweep.runs if record.finished.get(run.name) == run.digest]
    if not ended:
        return
    try:
        print(f"\n{join_runs(sweep.folder, ended)}", flush=True)
    except OSError as error:
        raise explain_unwritable_folder(sweep.folder, error) from error


if __name__ == "__main__":
    sys.exit(main())
