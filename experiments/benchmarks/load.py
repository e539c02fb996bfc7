"""A search of thousands of trials: what its driver does by trial, its memory, and how long it takes to go on.

    python -m experiments.benchmarks.load --trials 2000
    python -m experiments.benchmarks.load --trials 10000 sampler=tpe

Trainings are made up and end at once, 32 at a time in the order in which they began; all else is the real search, with
journal, tables, page and MLflow's record, and `sampler=frontier` if not said. Told is how long the driver takes to
propose, and to take an outcome, at either end of the search; its memory at either end; and how long the same command
takes that finds all trials there and has none left to train, its report included. Other arguments are those of
`search.run`.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import ClassVar

import numpy as np

from experiments.benchmarks.replay import ARGUMENTS
from search.jobs.job import Job, Outcome
from search.jobs.memory import read_status
from search.runners.inline import Inline
from search.runners.runner import JobQueue

FEW = 100  # trials at either end, between which growth is seen
LOG = "load.csv"  # a line a trial: seconds to propose, seconds to take the outcome, bytes that the driver holds
ROOT = Path(__file__).parents[2]
RUNNER = """\
from dataclasses import dataclass

from experiments.benchmarks.load import MadeUp


@dataclass(frozen=True)
class Runner(MadeUp):
    workers: int = 32
"""
PROPOSAL, RESUMED = 0.5, {1000: 15.0, 10_000: 60.0}  # bars, in seconds


@dataclass(frozen=True)
class MadeUp(Inline):
    """Answers jobs without training.

    Args:
        workers: jobs at a time.
    """

    workers: int = 32
    group: ClassVar[str] = "runner"

    def run(self, queue: JobQueue, folder: Path, started: Callable[[int], None]) -> None:
        """Answer the job that has waited longest whenever all places are taken."""
        started(self.workers)
        rng, waiting = np.random.default_rng(0), deque[tuple[Job, float]]()
        with (folder / LOG).open("a") as log:
            while True:
                begin = time.perf_counter()
                job = queue.next() if len(waiting) < self.workers else None
                if job is not None:
                    waiting.append((job, time.perf_counter() - begin))
                    continue
                if not waiting:
                    return
                job, proposed = waiting.popleft()
                outcome = make_outcome(job, rng)
                begin = time.perf_counter()
                queue.done(job, outcome)
                took = time.perf_counter() - begin
                log.write(f"{proposed:.6f},{took:.6f},{read_status('VmRSS')}\n")


def make_outcome(job: Job, rng: np.random.Generator) -> Outcome:
    """Numbers of a training that fell from the sky: better where less is shared, with noise."""
    apart = len({stage.groups for stage in job.pattern.decoder}) + sum(len(s.groups) for s in job.pattern.decoder)
    curves: dict[str, list[float]] = {}
    for task in job.data.selected:
        if task.name in job.pattern.tasks:
            for metric in task.table:
                end = 0.5 + (0.01 if metric.higher_is_better else -0.01) * apart + 0.01 * float(rng.standard_normal())
                curves[f"{task.name}.{metric.name}"] = [end * epoch / job.recipe.epochs for epoch in (1, 2)]
    metrics = {name: values[-1] for name, values in curves.items()}
    return Outcome(metrics, curves, epochs=job.recipe.epochs, seconds=0.0, node="made up", ended=time.time())


def list_arguments(folder: Path, trials: int, given: list[str]) -> list[str]:
    """Arguments of a search with made-up trainings; the module that it wants in PYTHONPATH lies in the folder."""
    conf = folder / "conf" / "runner"
    conf.mkdir(parents=True, exist_ok=True)
    (conf / "made_up.yaml").write_text("_target_: made_up.Runner\n")
    (folder / "made_up.py").write_text(RUNNER)  # a package of its own, for this one ships no runner that trains nothing
    own = ["--allow", "made_up", "--config-dir", str(folder / "conf"), "runner=made_up", *ARGUMENTS]
    run = [f"run.folder={folder}", "run.name=load", f"trials={trials}", "trainer.epochs=2", "budget=null"]
    sampler = [] if any(each.startswith("sampler=") for each in given) else ["sampler=frontier"]
    return [*own, *run, *sampler, *given]


def run_search(folder: Path, trials: int, given: list[str]) -> float:
    """Seconds of a search in a process of its own, or of one that finds all trials there."""
    places = os.pathsep.join([str(folder), str(ROOT), os.environ.get("PYTHONPATH", "")])
    begin = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "search.run", *list_arguments(folder, trials, given)],
        env={**os.environ, "PYTHONPATH": places},
        check=True,
    )
    return time.perf_counter() - begin


def measure(folder: Path, trials: int, given: list[str]) -> dict[str, float]:
    """What `print_load` prints."""
    whole = run_search(folder, trials, given)
    rows = np.loadtxt(folder / "load" / LOG, delimiter=",")[-trials:]
    few = min(FEW, trials)
    held = rows[:, 2] / 1e6
    return {
        "whole": whole,
        "propose_first": mean(rows[:few, 0]),
        "propose_last": mean(rows[-few:, 0]),
        "take_first": mean(rows[:few, 1]),
        "take_last": mean(rows[-few:, 1]),
        "driver": float(rows[:, :2].sum(1).mean()),
        "held_first_mb": mean(held[:few]),
        "held_last_mb": mean(held[-few:]),
        "kb_a_trial": 1000 * float(np.polyfit(np.arange(len(held)), held, 1)[0]),
        "goes_on": run_search(folder, trials, given),
    }


def print_load(trials: int, found: dict[str, float]) -> None:
    """Print what was found, and whether the bars are met."""
    for what, value in found.items():
        print(f"{what:14s} {value:10.4f} {'MB' if what.endswith('_mb') else 'KB' if what.startswith('kb') else 's'}")
    bar = next((seconds for most, seconds in RESUMED.items() if trials <= most), float("inf"))
    met = {"proposal": bool(found["propose_last"] <= PROPOSAL), "goes_on": bool(found["goes_on"] <= bar)}
    print(json.dumps({"trials": trials, **met}))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--trials", type=int, default=2000)
    given, overrides = parser.parse_known_args()
    if given.trials < 2:
        parser.error(f"--trials {given.trials}: want at least 2")
    with tempfile.TemporaryDirectory() as name:
        print_load(given.trials, measure(Path(name), given.trials, overrides))


if __name__ == "__main__":
    main()
