"""Faults: each does its harm to a search that runs, again and again, and says what had ended by then."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from random import Random

from experiments.faults.case import PATIENCE, Case, kill
from experiments.faults.inside import CLOCK, LIMIT

Snapshots = list[Mapping[str, bytes]]
LONGEST = 60.0  # seconds that more trials are waited for
MORE_TRIALS = 5
MOMENTS = 2.0  # seconds
GAP = 0.1  # seconds between looks
WRITES = {  # how often a file is written within one start, about; later than that, nothing is killed
    "journal": 20,
    "checkpoint": 8,
    "outcome": 8,
    "trial": 8,
    "weights": 8,
    "baseline": 4,
    "page": 8,
    "config": 2,
    "mlflow": 4,
}


@dataclass(frozen=True)
class Fault:
    """One kind.

    Args:
        name: of it, in the table.
        what: happens, in words.
        strike: does it once to a search, which it starts; what had ended each time that it did harm, none if the search
            was over before.
        runner: of the search.
        repeat: strikes a search.
        more: further words of the command.
    """

    name: str
    what: str
    strike: Callable[[Case, Random], Snapshots]
    runner: str = "inline"
    repeat: int = 5
    more: tuple[str, ...] = ()


def kill_driver(case: Case, rng: Random) -> Snapshots:
    """SIGKILL at any moment."""
    process = case.start()
    _await(lambda: process.poll() is not None, rng.uniform(0.2, 0.8) * case.span)
    if process.poll() is not None:
        return []
    kill(process.pid)
    process.wait()
    return [case.read_finished()]


def kill_driver_further(case: Case, rng: Random) -> Snapshots:
    """SIGKILL when some more trials have ended, whatever Ray's start takes."""
    process = case.start()
    _await_progress(case, rng, process)
    if process.poll() is not None:
        return []
    kill(process.pid)
    process.wait()
    return [case.read_finished()]


def kill_inside(site: str, case: Case, rng: Random) -> Snapshots:
    """SIGKILL while a file is written."""
    delay = rng.choice((0.0, 0.001, 0.01, 0.5 if site == "mlflow" else 0.02))
    process = case.start(("experiments.faults.inside", site, str(rng.randint(1, WRITES[site])), str(delay)))
    return [case.read_finished()] if case.wait(process) == -9 else []


def kill_role(role: str, case: Case, rng: Random) -> Snapshots:
    """SIGKILL of a process that the driver has started, as long as there is one; the driver may go on."""
    found: Snapshots = []
    process = case.start()
    end = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < end:
        victims = case.find(role)
        if not victims:
            time.sleep(GAP)
            continue
        _await_progress(case, rng, process)
        if len(found) < 5 and process.poll() is None and kill(rng.choice(victims)):
            found.append(case.read_finished())
            _await(partial(_is_replaced, case, role, victims, process), 20)
        elif len(found) >= 5:
            break
    case.wait(process, 1 if len(found) >= 5 and role not in ("worker", "reader") else PATIENCE)
    return found


def tear(pattern: str, tail: bytes | None, case: Case, rng: Random) -> Snapshots:
    """The driver is killed, and files are cut in half, or get half a line at their end."""
    found = kill_driver(case, rng)
    spoil(pattern, tail, case)
    return found


def spoil(pattern: str, tail: bytes | None, case: Case) -> None:
    """Leave files as a machine that lost power may: half of them, or with a beginning of something at their end."""
    for file in case.folder.glob(pattern):
        content = file.read_bytes()
        file.write_bytes(content[: len(content) // 2] if tail is None else content + tail)


def limit_files(case: Case, rng: Random) -> Snapshots:
    """No file may grow beyond a limit, as on a full disk or with a quota; it is lifted afterwards."""
    process = case.start(("experiments.faults.inside", LIMIT, str(rng.randint(2, 120) * 1000), "0"))
    return [case.read_finished()] if case.wait(process) != 0 else []


def set_clock_back(case: Case, rng: Random) -> Snapshots:
    """The driver is killed, and the next one believes that it is an hour earlier, and is killed too."""
    found = kill_driver(case, rng)
    process = case.start(("experiments.faults.inside", CLOCK, "0", "0"))
    _await(lambda: process.poll() is not None, rng.uniform(0.2, 0.8) * case.span)
    if process.poll() is None:
        kill(process.pid)
        process.wait()
        found.append(case.read_finished())
    return found


def start_twice(case: Case, rng: Random) -> Snapshots:
    """A second driver on the same folder, which has to be refused; the first one is then killed."""
    first = case.start()
    _await(lambda: first.poll() is not None or (case.run / ".owner.json").exists())
    status = case.wait(case.start())
    if first.poll() is None and status != 2:
        raise AssertionError(f"the second driver ended with {status}, not with 2")
    kill(first.pid)
    first.wait()
    return [case.read_finished()]


def move(case: Case, rng: Random) -> Snapshots:
    """The driver is killed, and its folder is moved, with a link where it was."""
    found = kill_driver(case, rng)
    runs = case.folder / "runs"
    if runs.is_dir() and not runs.is_symlink():
        runs.rename(case.folder / "elsewhere")
        runs.symlink_to("elsewhere")
    return found


def _is_replaced(case: Case, role: str, victims: Sequence[int], process: subprocess.Popen[bytes]) -> bool:
    return process.poll() is not None or bool(set(case.find(role)) - set(victims))


def _await_progress(case: Case, rng: Random, process: subprocess.Popen[bytes]) -> None:
    """Wait until up to five more trials have ended, and some moments more."""
    wanted = len(case.read_finished()) + rng.randint(0, MORE_TRIALS)
    _await(lambda: process.poll() is not None or len(case.read_finished()) >= wanted, LONGEST)
    _await(lambda: process.poll() is not None, rng.uniform(0, MOMENTS))


def _await(reached: Callable[[], bool], seconds: float = PATIENCE) -> None:
    end = time.monotonic() + seconds
    while not reached() and time.monotonic() < end:
        time.sleep(GAP)


PAUSES = ("scheduler=pareto_asha", "scheduler.rung=1")  # every pause keeps a checkpoint; else there is one a minute
INSIDE = tuple(
    Fault(
        *(f"driver, inside {site}", f"SIGKILL while {site} files are written", partial(kill_inside, site)),
        more=PAUSES if site == "checkpoint" else (),
    )
    for site in WRITES
)
BESIDE = tuple(
    Fault(role, f"SIGKILL of Ray's {role}", partial(kill_role, role), runner="ray_tune", repeat=1)
    for role in ("worker", "raylet", "gcs")
)
HALF = b'{"op_code": 6, "worker_id": "12'
FAULTS = (
    Fault("driver", "SIGKILL at any moment", kill_driver),
    *INSIDE,
    Fault("driver under Ray", "SIGKILL at any moment", kill_driver_further, runner="ray_tune", repeat=3),
    *BESIDE,
    Fault(
        *("reader", "SIGKILL of a process that reads images", partial(kill_role, "reader")),
        runner="ray_tune",
        repeat=1,
        more=("data.loading.memory_gb=0",),
    ),
    Fault("torn journal", "half a line at its end", partial(tear, "runs/case/study.journal", HALF), repeat=3),
    Fault(
        *("torn checkpoint", "cut in half", partial(tear, "runs/case/.outcomes/*.ckpt", None)),
        repeat=3,
        more=PAUSES,
    ),
    Fault("torn outcome", "cut in half", partial(tear, "runs/case/.outcomes/*.json", None), repeat=3),
    Fault("torn baseline", "cut in half", partial(tear, "runs/baselines/*.json", None), repeat=2),
    Fault("torn page", "cut in half", partial(tear, "runs/case/front.*", None), repeat=2),
    Fault("full disk", "no file may grow beyond a limit, lifted afterwards", limit_files, repeat=4),
    Fault("clock", "an hour back", set_clock_back, repeat=2),
    Fault("two drivers", "a second one on the same folder", start_twice, repeat=2),
    Fault("moved folder", "with a link where it was", move, repeat=2),
)
