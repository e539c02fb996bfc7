"""What showing a search costs: made-up trials told one after the other, as a search tells them, with no training.

    python -m experiments.benchmarks.replay --trials 2000

Lines of the terminal, tables, best guesses, page, pictures, drawings and MLflow's record (in SQLite) are all there,
with five tasks and the patterns of `space=branching`. "waits" is what the search waits for by trial, "processor" the
seconds of processor of the whole program by trial, with imports, the tracker's thread and the report at the end. "adds"
is by how much a search lasts longer by trial whose trainings keep two cores busy: half of that, or what it waits for.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import mean
from typing import Any

from rich.console import Console

from search.config.composition import compose
from search.jobs.trial import COMPLETE, Trial
from search.problem.objectives import resolve_objectives
from search.report.reporter import Reporter
from search.report.search_cost import CostRates
from search.report.terminal.progress import Progress
from search.standing.started import Started
from search.tracking.mlflow import Mlflow
from spaces.choices import draw
from spaces.networks.cost import compute_cost

ARGUMENTS = ("space=branching", "data.tasks=[segmentation,depth,normals,edges,autoencoder]")
EPOCHS = 8
BAR, CORES = 0.020, 2  # seconds that are added a trial, where trainings take so many cores
FEW = 100  # trials at either end, between which growth is seen


def make_trials(count: int, settings: Any) -> Iterator[Trial]:
    """Trials whose cost is that of their pattern; the change goes with it, with noise."""
    rng, tasks = random.Random(0), settings.data.selected
    names = tuple(sorted(task.name for task in tasks))
    outputs = {task.name: task.output for task in tasks}
    for number in range(count):
        drawn = draw(settings.space, names, rng)
        cost = compute_cost(drawn.pattern, settings.network, outputs, settings.data.size)
        delta = cost.macs / 4e6 + rng.gauss(0, 1.5) - 6
        metrics = {f"{task.name}.{task.headline}": 0.5 + delta / 100 for task in tasks}
        metrics |= {f"{task.name}.delta": delta + rng.gauss(0, 2) for task in tasks}
        curves = {name: [value * epoch / EPOCHS for epoch in range(1, EPOCHS + 1)] for name, value in metrics.items()}
        yield Trial(
            number=number,
            status=COMPLETE,
            key=drawn.pattern.key,
            choices=drawn.choices,
            pattern=drawn.pattern,
            macs=cost.macs,
            params=cost.params,
            objectives={"delta_mtl": delta, "macs": float(cost.macs)},
            metrics={**metrics, "delta_mtl": delta, "worst_delta": delta - 3},
            curves=curves,
            seconds=0.0,
            node="here",
            epochs=EPOCHS,
            seed=0,
            ended=time.time(),
        )


def replay(folder: Path, count: int) -> dict[str, float]:
    """Seconds a trial: "waits" of the search, in the mean and at either end, "processor" of the program, "report"."""
    settings = compose([*ARGUMENTS, f"run.folder={folder}", "run.name=replay"])
    trials = list(make_trials(count, settings))
    tasks = settings.data.selected
    objectives = resolve_objectives(["delta_mtl", "macs"], tasks)
    place = folder / "replay"
    place.mkdir(parents=True)
    tracker = Mlflow().tracker(folder)
    tracker.open("replay", "0" * 32, settings.plain, "")
    progress = Progress(Started(trainings={"trial": count}), Console(file=io.StringIO()), objectives=objectives)
    rates = CostRates({task.name: 10**7 for task in tasks}, EPOCHS)
    reporter = Reporter(place, objectives, (-20.0, 1e8), tasks, progress, tracker, dict, rates, planned=count)
    used, waits = time.process_time(), []
    reporter.resumed([], [])
    for trial in trials:
        begin = time.perf_counter()
        reporter.trial(trial)
        waits.append(time.perf_counter() - begin)
    begin = time.perf_counter()
    reporter.report("FINISHED", {})
    report = time.perf_counter() - begin
    few = min(FEW, count)
    processor = (time.process_time() - used) / count
    return {
        "adds": max(mean(waits), processor / CORES),
        "waits": mean(waits),
        "waits_first": mean(waits[:few]),
        "waits_last": mean(waits[-few:]),
        "processor": processor,
        "report": report / count,
        "page_mb": (place / "front.html").stat().st_size / 1e6,
    }


def print_replay(count: int, found: dict[str, float]) -> None:
    """Print what `replay` gave, and whether the bar is met."""
    for what, value in found.items():
        print(f"{what:12s} {value:8.2f} MB" if what == "page_mb" else f"{what:12s} {1000 * value:8.1f} ms a trial")
    print(json.dumps({"trials": count, "adds": found["adds"], "bar": BAR, "met": found["adds"] <= BAR}))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trials", type=int, default=2000, help="that are told")
    count = parser.parse_args().trials
    with tempfile.TemporaryDirectory() as name:
        print_replay(count, replay(Path(name), count))


if __name__ == "__main__":
    main()
