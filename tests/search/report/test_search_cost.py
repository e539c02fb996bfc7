from __future__ import annotations

import json
import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.jobs.job import Outcome
from search.jobs.trial import Trial
from search.problem.objectives import resolve_objectives
from search.report import front_table, report
from search.report.search_cost import CostRates, SearchCost, Spent, compute_search_cost
from search.run import main as search
from search.tracking.mlflow import Mlflow
from tests.search.trials import EPOCHS, TASKS, complete, failed
from tests.tiny import arguments, write_tiny

# The mean of the single-task networks is 6 M multiply-accumulates.
RATES = CostRates({"depth": 4_000_000, "normals": 8_000_000}, EPOCHS, threads=2, gpus=0.25, begun=1000.0)
CHOSEN = resolve_objectives(["delta_mtl", "macs"], TASKS)
REFERENCE = (-20.0, 21e6)

costs = st.builds(
    lambda number, macs, epochs, seconds, device: complete(
        number, 1.0, macs, epochs=epochs, seconds=seconds, device=device
    ),
    st.integers(0, 17),
    st.integers(1, 10**9),
    st.integers(0, 3 * EPOCHS),
    st.floats(0, 1e4),
    st.sampled_from(["cpu", "cuda", ""]),
)


def of(trials: Iterable[Trial], hypervolume: float = 6e6, members: int = 1) -> SearchCost:
    return compute_search_cost(trials, [], RATES, hypervolume, "% x MACs", [complete(0, 1.0, 10)] * members)


@given(st.lists(costs, max_size=6), st.lists(costs, max_size=6))
def test_costs_add_up_over_trials(first: list[Trial], second: list[Trial]) -> None:
    whole, parts = of(first + second).trials, of(first).trials + of(second).trials
    for name in Spent.__dataclass_fields__:
        assert getattr(whole, name) == pytest.approx(getattr(parts, name))
    assert whole.trainings == len(first) + len(second)


def test_a_full_trial_as_costly_as_the_mean_single_task_network_is_one_single_task_training() -> None:
    spent = of([complete(0, 1.0, 6_000_000, device="cpu")]).trials
    assert (spent.single_task_trainings, spent.full_trainings) == (1.0, 1.0)
    spent = of([complete(0, 1.0, 18_000_000), complete(1, 1.0, 6_000_000, epochs=EPOCHS // 2)]).trials
    assert (spent.single_task_trainings, spent.full_trainings) == (3.5, 1.5)


def test_a_failed_trial_counts_the_epochs_and_seconds_that_it_took() -> None:
    spent = of([failed(0)]).trials  # 2 of 8 epochs of 9 M
    assert (spent.trainings, spent.full_trainings, spent.single_task_trainings) == (1, 0.25, 0.375)
    assert spent.unknown_seconds == 12.5
    lost = complete(0, 1.0, 10, status="failed", epochs=0, seconds=math.nan)  # nobody knows how long
    assert of([lost]).trials == Spent(1)


def test_a_trial_that_was_stopped_early_counts_as_far_as_it_came() -> None:
    stopped = complete(0, 1.0, 6_000_000, status="pruned", objectives={}, metrics={}, epochs=2, device="cpu")
    spent = of([stopped]).trials
    assert (spent.single_task_trainings, spent.full_trainings, spent.cpu_seconds) == (0.25, 0.25, 25.0)


def test_seconds_are_those_of_threads_or_of_parts_of_a_gpu() -> None:
    trials = [complete(number, 1.0, 10, seconds=8.0, device=device) for number, device in enumerate(["cpu", "cuda"])]
    spent = of([*trials, trials[1]]).trials
    assert (spent.cpu_seconds, spent.gpu_seconds, spent.unknown_seconds) == (16.0, 4.0, 0.0)
    assert spent.time == "16 s of CPU + 4 s of GPU"


def test_trials_that_say_their_threads_count_by_these() -> None:
    trial = complete(0, 1.0, 10, seconds=8.0, device="cpu", threads=4)
    alone = Outcome(epochs=EPOCHS, seconds=3.0, ended=1001.0)
    found = compute_search_cost([trial], [("depth", alone)], RATES, 0.0, "%", [])
    assert (found.trials.cpu_seconds, found.trained.cpu_seconds) == (32.0, 6.0)


def test_baselines_of_the_run_and_of_the_cache_are_told_apart_and_not_among_the_trials() -> None:
    ours = Outcome(epochs=EPOCHS, seconds=3.0, ended=1001.0)
    older = Outcome(seconds=5.0, ended=999.0, device="cuda")  # a version that did not keep the epochs
    found = compute_search_cost([], [("depth", ours), ("normals", ours), ("depth", older)], RATES, 0.0, "%", [])
    assert found.trials == Spent()
    assert found.trained == Spent(2, 2.0, 2.0, cpu_seconds=12.0)
    assert found.cached == Spent(1, pytest.approx(4 / 6), 1.0, gpu_seconds=1.25)
    assert "baselines: 2 trained, 12 s of CPU; 1 from the cache" in found.lines[0]


def test_hypervolume_is_given_per_unit_of_what_the_trials_took() -> None:
    found = of([complete(0, 1.0, 12_000_000, seconds=900.0, device="cpu")])
    assert found.rates == {"hypervolume_per_training": 3e6, "hypervolume_per_cpu_hour": 12e6}
    assert found.lines == (
        "Cost        2 single-task trainings by epochs x MACs (1 by epochs alone), 30 min 0 s of CPU; "
        "baselines: 0 trained, 0 s; 0 from the cache",
        "Hypervolume 6.00 M [% x MACs]: 3.00 M per single-task training, 12.0 M per CPU hour",
    )
    found = of([complete(0, 1.0, 12_000_000, seconds=7200.0, device="cuda")])
    assert found.rates == {"hypervolume_per_training": 3e6, "hypervolume_per_gpu_hour": 12e6}


@pytest.mark.parametrize("devices", [["cpu", "cuda"], ["cpu", ""], [""]])
def test_nothing_is_given_per_hour_where_not_one_known_kind_of_device_ran_all(devices: list[str]) -> None:
    trials = [complete(number, 1.0, 6_000_000, device=device) for number, device in enumerate(devices)]
    assert set(of(trials).rates) == {"hypervolume_per_training"}


def test_a_run_without_a_front_or_beyond_the_reference_point_says_so() -> None:
    assert (
        of([failed(0)], 0.0, members=0).lines[1] == "Hypervolume none, for no trial has completed and there is no front"
    )
    assert "no trial is better than the reference point" in of([complete(0, -30.0, 10)], 0.0).lines[1]
    nothing = of([], 0.0, members=0)
    assert nothing.rates == {}
    assert nothing.lines[0].startswith("Cost        0 single-task trainings")


def test_it_is_in_the_page_the_note_and_a_file_of_its_own(tmp_path: Path) -> None:
    trials = [complete(0, 1.5, 18_000_000), failed(1)]
    found = of(trials)
    members = report.write_report(tmp_path, trials, CHOSEN, REFERENCE, TASKS, cost=found)
    page = (tmp_path / "front.html").read_text()
    note = front_table.format_markdown(members, CHOSEN, found)
    for line in found.lines:
        assert f"<p>{line}</p>" in page
        assert note.splitlines().count(line) == 1
    kept = json.loads((tmp_path / "receipt.json").read_text())
    assert Spent(**kept["trials"]) == found.trials
    assert kept["hypervolume_per_training"] == found.rates["hypervolume_per_training"]


def test_the_parent_run_in_mlflow_has_it_as_metrics(tmp_path: Path) -> None:
    mlflow = pytest.importorskip("mlflow")
    found = of([complete(0, 1.0, 6_000_000, device="cpu"), failed(1)])
    tracker = Mlflow().tracker(tmp_path)
    tracker.open("a search", "an id", {}, "")
    tracker.close("FINISHED", metrics=found.metrics)
    client = mlflow.MlflowClient(f"sqlite:///{tmp_path / 'mlflow.db'}")
    (experiment,) = (e for e in client.search_experiments() if e.name != "Default")
    (run,) = client.search_runs([experiment.experiment_id])
    assert run.data.metrics == pytest.approx(found.metrics)
    assert run.data.metrics["cost.single_task_trainings"] == pytest.approx(1.375)
    assert run.data.metrics["cost.cpu_seconds"] == 25.0
    assert "cost.gpu_seconds" not in run.data.metrics
    assert {"hypervolume_per_training", "cost.baselines_cached.trainings"} <= set(run.data.metrics)


def test_a_run_tells_its_cost_over_all_starts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = arguments(write_tiny(tmp_path / "data"), f"run.folder={tmp_path / 'runs'}", "trainer.epochs=2")

    def told(name: str, trials: int) -> dict[str, Any]:
        assert search([*given, f"run.name={name}", f"trials={trials}"]) == 0
        return json.loads((tmp_path / "runs" / name / "receipt.json").read_text())

    first = told("one", 2)
    printed = capsys.readouterr().out
    assert "\nCost        " in printed
    assert "; baselines: 3 trained, " in printed
    assert "\nHypervolume " in printed
    assert first["trials"]["trainings"] == first["trials"]["full_trainings"] == 2
    assert first["trained"]["single_task_trainings"] == pytest.approx(3)
    assert first["trials"]["cpu_seconds"] > 0
    assert first["trials"]["unknown_seconds"] == first["trials"]["gpu_seconds"] == 0
    again = told("one", 3)
    assert again["trials"]["full_trainings"] == 3
    assert again["trials"]["cpu_seconds"] > first["trials"]["cpu_seconds"]
    assert again["trained"] == first["trained"]
    config = tmp_path / "runs" / "one" / "config.yaml"
    config.write_text(config.read_text().replace("begun: ", "begun: 9"))  # as if its baselines were there before
    assert told("one", 3)["cached"] == first["trained"]
