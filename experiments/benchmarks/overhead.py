"""What the search costs beside the trainings: wall time a trial, next to Optuna alone on the same trials.

    python -m experiments.benchmarks.overhead

A trial here is the smallest training there is (some milliseconds); its own seconds are taken off. Ours runs on two Ray
workers with journal, trial files, tables and MLflow store; Ray's start (the time to the first finished job) and the
pictures are left out. Optuna alone asks, trains and tells in one process on a journal of its own. What showing costs
in searches of many trials, page and MLflow included, is then measured by `experiments.benchmarks.replay`.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
import warnings
from functools import partial
from itertools import islice
from pathlib import Path
from statistics import median

from experiments.benchmarks.replay import print_replay, replay
from search.config.composition import compose
from search.jobs.job import Job
from search.jobs.trial import Trial, load_trial
from search.jobs.worker import run_job
from search.problem.objectives import resolve_objectives
from search.report import report
from search.run import main as search
from search.study.baselines import derive_seed
from spaces.choices import enumerate_patterns
from spaces.networks.cost import compute_cost
from spaces.networks.modules.output import Output

WORKERS = 2
BAR = 0.25  # seconds a trial


def measure_search(folder: Path, trials: int) -> tuple[float, float, float]:
    """Seconds that our search adds a trial, over the whole run and between trials, and the trainings' own median."""
    status = search(_make_arguments(folder, trials))
    end = time.time()
    assert status == 0, "the search did not finish"
    run = folder / "ours"
    done = [load_trial(path) for path in sorted((run / "trials").glob("[0-9]*.json"))]
    baselines = [json.loads(path.read_text())["outcome"] for path in (folder / "baselines").glob("*.json")]
    seconds = [trial.seconds for trial in done] + [outcome["seconds"] for outcome in baselines]
    ends = sorted([trial.ended for trial in done] + [outcome["ended"] for outcome in baselines])

    # From the end of the first job on each worker, when Ray and torch are up, to the end of the program.
    first = ends[WORKERS - 1]
    rest = sum(seconds) - sum(sorted(seconds)[-WORKERS:])  # the first two import torch and are the longest
    whole = (end - first - _time_pictures(run, done) - rest / WORKERS) / (len(ends) - WORKERS)
    between = (ends[-1] - first - rest / WORKERS) / (len(ends) - WORKERS)
    return whole, between, median(seconds)


def _time_pictures(run: Path, done: list[Trial]) -> float:
    """What drawing the report takes, by drawing it again."""
    tasks = compose(_make_arguments(run.parent, len(done))).data.selected
    objectives = resolve_objectives(["delta_mtl", "macs"], tasks)
    begin = time.time()
    report.write_report(run, done, objectives, (-20.0, 1e9), tasks)
    return time.time() - begin


def measure_optuna(folder: Path, trials: int) -> tuple[float, float]:
    """Seconds a trial that Optuna adds by itself, and the trainings' own."""
    # optuna: 1 s, --help does without
    import optuna
    from optuna.storages import JournalStorage
    from optuna.storages.journal import JournalFileBackend

    settings = compose(_make_arguments(folder, trials))
    (folder / "alone").mkdir(parents=True)
    names = tuple(sorted(task.name for task in settings.data.selected))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        sampler = optuna.samplers.TPESampler(multivariate=True, group=True, n_startup_trials=8, seed=0)
    study = optuna.create_study(
        storage=JournalStorage(JournalFileBackend(str(folder / "alone" / "study.journal"))),
        directions=["maximize", "minimize"],
        sampler=sampler,
    )
    seconds = []
    walls = []
    for number in range(trials):
        begin = time.time()
        trial = study.ask()
        pattern = settings.space.sample(trial.suggest_categorical, names)
        file = folder / "alone" / f"{number}.json"
        job = Job("", pattern, settings.data, settings.network, settings.trainer, derive_seed(0, 0), 1, file)
        outcome = run_job(job)
        headline = [outcome.metrics[f"{task.name}.{task.headline}"] for task in settings.data.selected]
        study.tell(trial, [sum(headline), float(len(pattern.key))])
        walls.append(time.time() - begin)
        seconds.append(outcome.seconds)
    return median(wall - own for wall, own in zip(walls[1:], seconds[1:], strict=True)), median(seconds[1:])


def measure_cost() -> tuple[float, int]:
    """Milliseconds that the exact cost of a pattern takes once its blocks are counted, and over how many patterns."""
    settings = compose([])
    names = [f"task{number}" for number in range(5)]
    patterns = [p.pattern for p in islice(enumerate_patterns(settings.space, names), 1000)]
    outputs = dict.fromkeys(names, Output(3, "normals"))
    price = partial(compute_cost, family=settings.network, outputs=outputs, size=settings.data.size)
    price(patterns[0])
    begin = time.perf_counter()
    for pattern in patterns:
        price(pattern)
    return 1000 * (time.perf_counter() - begin) / len(patterns), len(patterns)


def _make_arguments(folder: Path, trials: int) -> list[str]:
    return [
        "space=fusion",
        "data.images=16",
        "data.val_images=8",
        "data.test_images=2",
        "data.image_size=16",
        f"data.cache={folder / 'cache'}",
        "network.encoder_widths=[4,4,4,4]",
        "network.decoder_width=4",
        "trainer.epochs=1",
        "baselines.seeds=1",
        f"runner.concurrency={WORKERS}",
        f"run.folder={folder}",
        "run.name=ours",
        f"trials={trials}",
    ]


def main() -> None:
    """Measure both and print them side by side."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--trials", type=int, default=30, help="trials of each (the space has 35 patterns)")
    parser.add_argument("--replayed", type=int, default=2000, help="made-up trials that are told, 0 for none")
    given = parser.parse_args()
    trials = given.trials
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        whole, between, own = measure_search(folder, trials)
        alone, own_alone = measure_optuna(folder, trials)
    rows = {
        "this search, 2 Ray workers, to the end of the program": (whole, own),
        "this search, 2 Ray workers, to the end of the last trial": (between, own),
        "Optuna alone, 1 process": (alone, own_alone),
    }
    print("\nadded seconds of wall time a trial | seconds of the training itself")
    for label, (added, training) in rows.items():
        print(f"{label:55s} {added:7.3f} | {training:.3f}")
    milliseconds, patterns = measure_cost()
    print(f"exact cost of a pattern, mean of {patterns} with 5 tasks: {milliseconds:.3f} ms")
    if given.replayed:
        with tempfile.TemporaryDirectory() as name:
            print_replay(given.replayed, replay(Path(name), given.replayed))
    print(json.dumps({"added": whole, "optuna": alone, "bar": BAR, "met": whole <= BAR}))


if __name__ == "__main__":
    main()
