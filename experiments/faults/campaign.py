"""Faults done to real searches, and what they cost: finished trials lost, trained again, counted twice, left running.

    python -m experiments.faults.campaign --kills 100 --folder experiments/faults/measured
    python -m experiments.faults.campaign --kills 20 --folder experiments/faults/measured --stock

Every search is small (20 trials of three epochs on 24 images) and is struck several times; then the same command goes
on to its end, and what is there is compared with what had ended at every strike, and with the trials of a search that
nobody disturbed. Searches are shared out evenly over the kinds of faults. With `--stock` it is the search of
`experiments.faults.stock` that is struck, by the faults of Ray's processes. It can be stopped at any moment; the same
command goes on.
"""

from __future__ import annotations

import argparse
import csv
import shutil
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from functools import partial, reduce
from pathlib import Path
from random import Random
from typing import Any

from experiments.faults.case import Case, write_images
from experiments.faults.stock import StockCase
from experiments.faults.strikes import FAULTS, Fault
from experiments.faults.verdict import Verdict, judge
from search.config.command import end_in_one_message
from search.jobs.trial import load_trial
from spaces.common.atomic_files import read_json, write_json
from spaces.errors import ConfigError

TABLE, STOCK_TABLE = "faults.csv", "stock.csv"
COLUMNS = ("fault", "what", "struck", "finished", "lost", "again", "twice", "running", "other", "unfinished")
MORE = ("tracebacks", "seconds")
TRIALS = 20
say = partial(print, flush=True)


@end_in_one_message("Nothing finished is lost; the same command goes on.")
def main() -> int:
    """Do what is not done yet, and write the table."""
    given = _parse()
    offered = [fault for fault in FAULTS if not given.stock or (fault.runner == "ray_tune" and not fault.more)]
    chosen = [fault for fault in offered if not given.faults or fault.name in given.faults]
    if not chosen:
        raise ConfigError(f"--faults {given.faults}: want some of {', '.join(fault.name for fault in offered)}")
    kind, table = (StockCase, STOCK_TABLE) if given.stock else (Case, TABLE)
    rows = given.folder / ("searches-stock" if given.stock else "searches")
    rows.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="faults-", dir=given.scratch) as name:
        images = Path(name) / "images"
        write_images(images)
        calm: dict[tuple[str, ...], tuple[Any, float]] = {}  # what nobody disturbs, by further words of its command
        searches = 1
        while searches <= given.most:
            verdicts = {fault: _collect(rows, fault) for fault in chosen}
            if sum(verdict.struck for verdict in verdicts.values()) >= given.kills:
                break
            fault = min(chosen, key=lambda each: len(_list_files(rows, each)))
            number = len(_list_files(rows, fault))
            if fault.more not in calm:
                place = Path(name) / f"calm-{len(calm)}"
                calm[fault.more] = search_undisturbed(kind(place, images, TRIALS, more=fault.more))
            undisturbed, span = calm[fault.more]
            base = kind(Path(name), images, TRIALS, span)
            found = endure(fault, number, base, undisturbed)
            write_json(rows / f"{_call(fault)}-{number:03d}.json", asdict(found))
            say(f"{fault.name}, search {number}: {_describe(found)}")
            searches += 1
    verdicts = {fault: _collect(rows, fault) for fault in chosen}
    write_table(given.folder / table, verdicts)
    say(f"all: {_describe(sum_up(verdicts.values()))}")
    return 0


def search_undisturbed(case: Case) -> tuple[Any, float]:
    """Trials of a search that nobody disturbs, with one worker, as its kind of judge wants them; and its seconds."""
    begin = time.monotonic()
    if problem := case.finish(starts=1):
        raise ConfigError(f"the undisturbed search did not end: {problem}\n{(case.folder / 'log.txt').read_text()}")
    if isinstance(case, StockCase):
        return case.read_rows(), time.monotonic() - begin
    trials = [load_trial(path) for path in sorted((case.run / "trials").glob("[0-9]*.json"))]
    return {trial.number: trial for trial in trials}, time.monotonic() - begin


def endure(fault: Fault, number: int, base: Case, calm: Any) -> Verdict:
    """One search under a fault, to its end."""
    begin = time.monotonic()
    place = base.folder / f"{_call(fault)}-{number:03d}"
    case = replace(base, folder=place, runner=fault.runner, more=fault.more)
    shutil.rmtree(case.folder, ignore_errors=True)
    rng, before = Random(f"{fault.name} {number}"), []
    for _ in range(fault.repeat):
        struck = fault.strike(case, rng)
        case.clear()
        before += struck
        if not struck:
            break  # it was over
    problem = case.finish()
    if problem:
        found = Verdict(struck=len(before), unfinished=1, notes=[problem])
    else:
        found = case.judge(before, calm) if isinstance(case, StockCase) else judge(case, before, calm)
    found.seconds = time.monotonic() - begin
    if found.clean:
        shutil.rmtree(case.folder)  # else somebody wants to look
    else:
        kept = Path(tempfile.mkdtemp(prefix=f"{case.folder.name}-"))
        shutil.copytree(case.folder, kept, dirs_exist_ok=True, symlinks=True)
        found.notes.append(f"kept in {kept.name}")
        say(f"kept in {kept}")
    return found


def sum_up(verdicts: Iterable[Verdict]) -> Verdict:
    """All together."""
    return reduce(Verdict.add, verdicts, Verdict())


def write_table(file: Path, verdicts: Mapping[Fault, Verdict]) -> None:
    """A row a fault, and one of all."""
    rows = [[fault.name, fault.what, *_count(found)] for fault, found in verdicts.items() if found.struck]
    rows.append(["all", "", *_count(sum_up(verdicts.values()))])
    with file.open("w", newline="") as place:
        csv.writer(place, lineterminator="\n").writerows([[*COLUMNS, *MORE], *rows])


def _count(found: Verdict) -> list[str]:
    return [f"{getattr(found, name):.0f}" for name in (*COLUMNS[2:], *MORE)]


def _describe(found: Verdict) -> str:
    told = ", ".join(f"{name} {getattr(found, name):.0f}" for name in (*COLUMNS[2:], *MORE))
    return f"{told}{'' if not found.notes else f' ({found.notes})'}"


def _collect(folder: Path, fault: Fault) -> Verdict:
    return sum_up([Verdict(**read_json(file)) for file in _list_files(folder, fault)])


def _list_files(folder: Path, fault: Fault) -> list[Path]:
    return sorted(folder.glob(f"{_call(fault)}-[0-9][0-9][0-9].json"))


def _call(fault: Fault) -> str:
    return fault.name.replace(", ", "-").replace(" ", "-")


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--kills", type=int, default=100, help="strikes in all, those of earlier starts among them")
    parser.add_argument("--most", type=int, default=1000, help="searches in this start")
    parser.add_argument("--faults", nargs="+", default=[], help="names of faults; all if none")
    parser.add_argument("--stock", action="store_true", help="strike the stock glue")
    parser.add_argument("--folder", type=Path, required=True, help="of the table")
    parser.add_argument("--scratch", type=Path, help="folder for the searches; a temporary one if not said")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
