"""The runs of a sweep, each in a process of its own: whatever becomes of one, the others go on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path

from search.config.command import EXIT_INTERRUPTED, SWEPT
from search.jobs.job import Job
from search.standing.holder import find_holder
from search.sweeping.record import Record
from search.sweeping.sharing import is_there, list_groundwork
from search.sweeping.sweep import Sweep, SweptRun
from spaces.common.formatting import format_duration
from spaces.errors import ConfigError

PAUSE = 0.2  # seconds between two looks at the processes: our choice
ENDINGS = {1: "failed", 2: "was refused", EXIT_INTERRUPTED: "was interrupted"}  # by exit status of search.run


@dataclass
class _Live:
    """A run that is being searched.

    Args:
        run: which.
        log: file of what it says; None for this terminal.
        waits: trainings that others may share with it, until they are there.
        process: None while one that an earlier start has left is at it.
        since: seconds of the clock.
    """

    run: SweptRun
    log: Path | None
    waits: list[Job]
    process: subprocess.Popen[bytes] | None = None
    since: float = field(default_factory=time.monotonic)

    def launch(self) -> None:
        """Start the search."""
        command = [sys.executable, "-m", "search.run", *self.run.words]
        environment = {**os.environ, SWEPT: "1"}
        with nullcontext() if self.log is None else open(self.log, "ab") as file:
            # A session of its own: Ctrl-C in the terminal comes to the sweep alone, which passes it on once.
            self.process = subprocess.Popen(command, env=environment, start_new_session=True, stdout=file, stderr=file)


def check_side_by_side(sweep: Sweep, many: int) -> None:
    """See that runs may be searched at the same time.

    Raises:
        ConfigError: they would all start on this machine's cores, or each ask for a whole cluster.
    """
    if many < 1:
        raise ConfigError(f"--side-by-side {many}: want a whole number of at least 1")
    if many == 1:
        return
    for run in sweep.runs:
        runner = run.settings.runner
        if not runner.elsewhere:
            raise ConfigError(
                f"--side-by-side {many}: each search would take all cores and GPUs of this machine for itself; start a "
                "cluster with 'ray start --head' and name it with runner.address=auto, which shares them out, or leave "
                "--side-by-side out"
            )
        if getattr(runner, "concurrency", None) is None:
            raise ConfigError(
                f"--side-by-side {many}: the first search would hold the whole cluster until its end; say how many "
                "trainings each has at a time with runner.concurrency=N"
            )


def search_all(sweep: Sweep, record: Record, many: int, say: Callable[[str], None]) -> dict[str, str]:
    """Search every run that has something left, in order.

    Args:
        sweep: whose folder this process holds.
        record: of it; what finishes is kept there.
        many: runs at a time; what several share is trained by the first of them before the next begins.
        say: is told a line whenever a run begins or ends.

    Returns:
        What became of the runs that did not finish, by name.

    Raises:
        KeyboardInterrupt: this process was interrupted; the searches were stopped before.
    """
    waiting = [run for run in sweep.runs if not record.has(run)]
    if done := len(sweep.runs) - len(waiting):
        say(f"{done} of {len(sweep.runs)} runs have finished already.")
    live: list[_Live] = []
    failed: dict[str, str] = {}
    needs = {run.name: list_groundwork(run.settings) if many > 1 else [] for run in waiting}
    try:
        while waiting or live:
            for run in list(waiting):
                if len(live) < many and not _has_to_wait(needs[run.name], live):
                    waiting.remove(run)
                    live.append(_Live(run, locate_log(run) if many > 1 else None, needs[run.name]))
                    say(f"{_place(sweep, run)} {_begin(live[-1])}")
            for each in list(live):
                if ending := _look(each):
                    live.remove(each)
                    say(f"{_place(sweep, each.run)} {each.run.name} {ending}")
                    if each.process and each.process.returncode == 0:
                        record.finish(each.run)
                    else:
                        failed[each.run.name] = ending
            time.sleep(PAUSE if live else 0)
    except BaseException:
        _stop(live)
        raise
    return failed


def _place(sweep: Sweep, run: SweptRun) -> str:
    return f"[{sweep.runs.index(run) + 1}/{len(sweep.runs)}]"


def _has_to_wait(needs: Sequence[Job], live: Sequence[_Live]) -> bool:
    """Whether a run that is on trains what this one needs, too."""
    own = {job.fingerprint for job in needs}
    for each in live:
        each.waits = [job for job in each.waits if not is_there(job)]
    return any(job.fingerprint in own for each in live for job in each.waits)


def _begin(each: _Live) -> str:
    """Start a run, unless a process does it that outlived the sweep that began it; what is done, in words."""
    holder = find_holder(each.run.folder)
    if holder and holder.known:
        return f"{each.run.name}: {holder.describe()} searches it already; waiting for that"
    each.launch()
    return f"{each.run.name} begins" + (f"; {each.log} tells how it goes" if each.log else "")


def locate_log(run: SweptRun) -> Path:
    """What a run that is searched beside others says."""
    return run.settings.run.folder / f"{run.name}.log"


def _look(each: _Live) -> str:
    """How a run has ended; empty while it goes on."""
    if each.process is None:
        if not find_holder(each.run.folder):
            each.launch()  # nobody has told whether it came to its end; where it has, nothing is left to do
        return ""
    status = each.process.poll()
    if status is None:
        return ""
    took = format_duration(time.monotonic() - each.since)
    if status == 0:
        return f"finished in {took}"
    ending = f"was ended by {_name_signal(-status)}" if status < 0 else ENDINGS.get(status, "failed")
    return f"{ending} after {took} (exit status {status})"


def _name_signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _stop(live: Sequence[_Live]) -> None:
    """Have the searches stop as Ctrl-C has them, and wait for them; a second Ctrl-C is passed on, too."""
    ours = [each.process for each in live if each.process is not None]
    while any(process.poll() is None for process in ours):
        for process in ours:
            if process.poll() is None:
                process.terminate()
        with suppress(KeyboardInterrupt):
            for process in ours:
                process.wait()
