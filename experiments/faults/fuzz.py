"""Files of a run and of its data, damaged at random, before everything that reads them.

    python -m experiments.faults.fuzz --rounds 300 --folder runs/fuzz

Each round damages one file of a finished search (its configuration, journal, trials, weights, caches, baselines, or
the images and the specification of its data), by bytes or, in JSON and YAML, by fields, and then loads the run, asks
for its status, picks a network, looks at the data, and goes on with the search. All must end well or in one message: a
traceback, a signal, minutes of nothing or more memory than the limit is a finding, and the damaged file is kept.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import yaml

from experiments.faults.case import Case, write_images
from search.config.command import end_in_one_message
from spaces.errors import UserError

ODD: tuple[Any, ...] = (None, True, -1, 0, 1e400, 10**400, "", "../../x", "a\0b", [], {}, [[]], {"a": []}, "é" * 99)
CPU_SECONDS, SECONDS, MEMORY = 60, 600, 12 * 2**30
ENDS = (0, 1, 2)  # exit statuses of commands
IGNORED = (".lock", ".png", ".svg", ".html", ".txt")  # nobody reads them again
say = partial(print, flush=True)


@end_in_one_message("Findings so far are kept.")
def main() -> int:
    """Damage and read."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=300)
    parser.add_argument("--first", type=int, default=0, help="number of the first round, which is its seed")
    parser.add_argument("--folder", type=Path, required=True, help="of the search, and of what is found")
    given = parser.parse_args()
    folder = given.folder.absolute()
    whole = Case(folder / "whole", folder / "whole" / "images", trials=4, more=("tracking=none",))
    if not whole.run.exists():
        write_images(whole.images, images=8)
        if problem := whole.finish(starts=1):
            raise SystemExit(f"the search did not end: {problem}")
    found = 0
    for number in range(given.first, given.first + given.rounds):
        found += try_one(whole, folder, number)
    say(f"{given.rounds} rounds, {found} findings")
    return int(found > 0)


def try_one(whole: Case, folder: Path, number: int) -> int:
    """One file damaged, and all readers; how many of them have failed."""
    rng = Random(number)
    case = Case(folder / "damaged", folder / "damaged" / "images", whole.trials, more=whole.more)
    failed = 0
    shutil.rmtree(case.folder, ignore_errors=True)
    shutil.copytree(whole.folder, case.folder)
    for file in case.folder.rglob("*.yaml"):  # paths of the copy
        file.write_text(file.read_text().replace(str(whole.folder), str(case.folder)))
    file = rng.choice(sorted(f for f in case.folder.rglob("*") if f.is_file() and f.suffix not in IGNORED))
    what = damage(file, rng)
    for name, read in list_readers(case).items():
        told = attempt(read, case.folder / "told.txt")
        if told:
            failed += 1
            place = folder / "findings" / f"{number:05d}-{name}"
            place.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, place / file.name)
            (place / "told.txt").write_text(f"{file.relative_to(case.folder)}: {what}\n{told}\n")
            last = told.strip().splitlines()[-1][:200]
            say(f"round {number}, {name}: {file.relative_to(case.folder)}, {what}: {last}")
    return failed


def damage(file: Path, rng: Random) -> str:
    """Spoil a file; how, in words."""
    content = file.read_bytes()
    value = _parse(file, content) if rng.random() < 0.7 else None
    if isinstance(value, dict | list) and (spots := list(list_spots(value))):
        *above, last = rng.choice(spots)
        node = value
        for step in above:
            node = node[step]
        node[last] = rng.choice(ODD)
        file.write_text(json.dumps(value))  # which is YAML, too
        return f"{'.'.join(map(str, (*above, last)))} = {node[last]!r}"[:100]
    spoilt = bytearray(content)
    for _ in range(rng.randint(1, 4)):
        if spoilt:
            spoilt[rng.randrange(len(spoilt))] = rng.randrange(256)
    end = len(spoilt) if rng.random() < 0.5 else rng.randint(0, len(spoilt))
    file.write_bytes(bytes(spoilt[:end]))
    return f"bytes changed, {end} of {len(spoilt)} left"


def list_spots(value: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Ways to every value inside one."""
    names = value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for name in names:
        yield (*above, name)
        yield from list_spots(value[name], (*above, name))


def list_readers(case: Case) -> dict[str, Callable[[], int]]:
    """What reads a run."""
    # torch, optuna and more: seconds, --help does without
    from search import check, pick, run, status
    from search.load import load

    def load_all() -> int:
        try:
            results = load(case.run)
            for trial in results.ended:
                results.pattern(trial.number)
                results.curves(trial.number)
            for read in (results.trials, results.front, results.finals, results.confirmed, results.robustness):
                len(read)
            for number in results.kept:
                results.network(number)
        except UserError:
            return 2
        return 0

    data = [word for word in case.words if word.startswith(("data=", "data.root", "data.spec"))]
    return {
        "load": load_all,
        "status": lambda: status.main([str(case.run)]),
        "pick": lambda: pick.main([str(case.run), "macs<=1e9"]),
        "check": lambda: check.main([*data, f"run.folder={case.folder / 'runs'}"]),
        "run": lambda: run.main([*case.words, "trials=5"]),
    }


def attempt(read: Callable[[], int], told: Path) -> str:
    """Read in a process of its own; what went wrong, or ""."""
    child = os.fork()
    if child == 0:
        _read_and_leave(read, told)
    _, status = os.waitpid(child, 0)
    text = told.read_text(errors="replace")
    if os.WIFSIGNALED(status):
        name = signal.Signals(os.WTERMSIG(status)).name
        return f"{text}\nended by {name}"
    wrong = "Traceback (most recent call last)" in text or os.WEXITSTATUS(status) not in ENDS
    return text if wrong else ""


def _read_and_leave(read: Callable[[], int], told: Path) -> None:
    with told.open("w") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    signal.alarm(SECONDS)
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, resource.RLIM_INFINITY))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, resource.RLIM_INFINITY))
    status = 99
    try:
        status = read()
    except SystemExit as error:
        status = error.code if isinstance(error.code, int) else 1
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _parse(file: Path, content: bytes) -> Any:
    try:
        return json.loads(content) if file.suffix == ".json" else yaml.safe_load(content)
    except (ValueError, yaml.YAMLError):
        return None


if __name__ == "__main__":
    sys.exit(main())
