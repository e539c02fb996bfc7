"""The stock glue under the same faults: Ray's OptunaSearch and MLflowLoggerCallback, resumed as Ray's manual has it.

    python -m experiments.faults.stock WORDS OF search.run

trains the same patterns of the same space on the same data, one at a time. `Tuner.restore` goes on with what was not
finished and starts anew what failed, and Tune's state is written every second. What has ended is noted beside it by the
training itself, so that it can be counted.
"""

from __future__ import annotations

import csv
import json
import os
import sys
import warnings
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from experiments.faults.case import Case
from experiments.faults.verdict import Verdict, count_running
from search.config.composition import compose
from search.config.settings import Settings
from search.jobs.job import Job
from search.jobs.worker import run_job
from search.study.baselines import derive_seed
from spaces.common.atomic_files import write_json
from spaces.space import Space

DONE, RESULTS, TUNE = "done", "results.csv", "tune"
SOON = "1"  # seconds between two writings of Tune's state


@dataclass(frozen=True)
class StockCase(Case):
    """The same search by the stock glue."""

    module: str = "experiments.faults.stock"

    def read_finished(self) -> dict[str, bytes]:
        """How often each trial has ended, by its id."""
        return {file.name: file.read_bytes() for file in sorted((self.run / DONE).glob("*"))}

    def judge(self, before: list[Mapping[str, bytes]], calm: Any) -> Verdict:
        """As of ours; equal are the sets of patterns that were trained."""
        after, rows = self.read_finished(), self.read_rows()
        found = Verdict(struck=len(before), finished=sum(map(len, before)))
        known = {row["id"] for row in rows}
        for snapshot in before:
            found.lost += sum(name not in known for name in snapshot)
            found.again += sum(after.get(name) != content for name, content in snapshot.items())
        found.twice = sum(count - 1 for count in Counter(row["id"] for row in rows).values())
        found.other = int(sorted(row["choices"] for row in rows) != sorted(row["choices"] for row in calm))
        running, doubled = count_running(self.store, "trial_name")
        found.running, found.twice = running, found.twice + doubled
        found.tracebacks = int(b"Traceback (most recent call last)" in (self.folder / "log.txt").read_bytes())
        return found

    def read_rows(self) -> list[dict[str, str]]:
        """The trials that are there at the end, by its own table."""
        with (self.run / RESULTS).open(newline="") as file:
            return list(csv.DictReader(file))


@dataclass(frozen=True)
class Proposing:
    """A pattern of the space as Optuna draws it; of a class, for Tune keeps its searcher by pickling it."""

    space: Space
    names: tuple[str, ...]

    def __call__(self, trial: Any) -> None:
        """Take the trial's decisions."""
        self.space.sample(trial.suggest_categorical, self.names)


def main() -> int:
    """Search, or go on."""
    settings = compose(sys.argv[1:])
    run = (settings.run.folder / settings.run.name).absolute()
    (run / DONE).mkdir(parents=True, exist_ok=True)
    os.environ["TUNE_GLOBAL_CHECKPOINT_S"] = SOON
    # ray and optuna: seconds, and the variable above has to be set before
    from ray import tune
    from ray.air.integrations.mlflow import MLflowLoggerCallback
    from ray.tune.search import ConcurrencyLimiter
    from ray.tune.search.optuna import OptunaSearch

    names = tuple(sorted(task.name for task in settings.data.selected))

    trainable = tune.with_resources(make_trainable(settings, names, run), {"cpu": 1})
    place = run / TUNE
    if tune.Tuner.can_restore(str(place)):
        tuner = tune.Tuner.restore(str(place), trainable, resume_unfinished=True, restart_errored=True)
    else:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            search = OptunaSearch(
                Proposing(settings.space, names), metric=["gain", "macs"], mode=["max", "min"], seed=0
            )
        store = f"sqlite:///{run.parent / 'mlflow.db'}"
        tuner = tune.Tuner(
            trainable,
            tune_config=tune.TuneConfig(search_alg=ConcurrencyLimiter(search, 1), num_samples=settings.split.trials),
            run_config=tune.RunConfig(
                name=TUNE, storage_path=str(run), callbacks=[MLflowLoggerCallback(store, experiment_name="case")]
            ),
        )
    results = tuner.fit()
    with (run / RESULTS).open("w", newline="") as file:
        rows = [[r.metrics["trial_id"], json.dumps(r.config, sort_keys=True)] for r in results if "gain" in r.metrics]
        csv.writer(file).writerows([["id", "choices"], *rows])
    return int(len(rows) < settings.split.trials)


def make_trainable(settings: Settings, names: tuple[str, ...], run: Path) -> Any:
    """One training of a choice of the space, which notes that it has ended."""

    def train(config: dict[str, Any]) -> None:
        from ray import tune  # ray: on its worker, and after the variable of `main`

        own = tune.get_context().get_trial_id()
        pattern = settings.space.sample(lambda name, options: config[name], names)
        file = run / "outcomes" / f"{own}-{os.getpid()}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        outcome = run_job(
            Job(own, pattern, settings.data, settings.network, settings.trainer, derive_seed(0, 0), 1, file)
        )
        headlines = [outcome.metrics[f"{task.name}.{task.headline}"] for task in settings.data.selected]
        done = run / DONE / own
        before = json.loads(done.read_text()) if done.exists() else 0
        write_json(done, before + 1)
        tune.report({"gain": sum(headlines), "macs": float(outcome.cost["macs"])})

    return train


if __name__ == "__main__":
    sys.exit(main())
