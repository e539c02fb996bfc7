from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.jobs.job import Job, Outcome
from search.jobs.probe import ROBUSTNESS
from search.jobs.trial import FAILED, Trial
from search.problem.bounds import Limits
from search.problem.objectives import resolve_objectives
from search.study.study import Candidate
from search.study.trial_result import add_leg, make_trial
from spaces.networks.cost import Cost
from tests.search.jobs.tiny_job import make_job
from tests.search.trials import complete, failed
from trainers.robustness.aims import LOST

quick = settings(max_examples=50, deadline=None)  # on busy cores a deadline measures the neighbours
COST = Cost(1000, 50)
OBJECTIVES = ("delta_mtl", "macs", "depth.abs_err_m")


@pytest.fixture(scope="module")
def job(tmp_path_factory: pytest.TempPathFactory) -> Job:
    return make_job(tmp_path_factory.mktemp("job"))


def tell(job: Job, outcome: Outcome, limits: Limits | None = None) -> Trial:
    tasks = job.data.selected
    wanted, reference = resolve_objectives(OBJECTIVES, tasks), {task.name: 2.0 for task in tasks}
    candidate = Candidate(3, {"a": 1}, job.pattern, COST)
    return make_trial(candidate, job, outcome, reference, tasks, wanted, limits or Limits())


def end_well(job: Job, value: float, **changes) -> Outcome:
    metrics = {f"{task.name}.{metric.name}": value for task in job.data.selected for metric in task.table}
    return Outcome(metrics=metrics, curves={"loss": [2.0, 1.0]}, ended=9.0, **changes)


@quick
@given(value=st.floats(0.1, 9.0))
def test_a_training_that_ended_well_has_its_metrics_its_deltas_and_all_objectives(job: Job, value: float) -> None:
    outcome = end_well(job, value)
    trial = tell(job, outcome)
    assert trial.complete
    assert outcome.metrics.items() <= trial.metrics.items()
    assert tuple(trial.objectives) == OBJECTIVES
    assert trial.objectives["depth.abs_err_m"] == value
    assert trial.objectives["macs"] == COST.macs
    assert trial.objectives["delta_mtl"] == trial.metrics["delta_mtl"]
    assert trial.epochs == 2  # counted from the losses where nobody told


@quick
@given(reason=st.text(min_size=1), macs=st.integers(1, 2000))
def test_a_failure_keeps_its_reason_and_has_no_number_that_could_count(job: Job, reason: str, macs: int) -> None:
    trial = tell(job, Outcome(reason=reason), Limits(macs=macs))
    assert trial.status == FAILED
    assert trial.reason == reason
    assert not trial.objectives and not trial.metrics
    assert trial.device == ""  # no worker told


@quick
@given(limit=st.integers(1, 3000), macs=st.integers(1, 3000))
def test_what_was_measured_is_held_against_the_limits_not_what_was_priced(job: Job, limit: int, macs: int) -> None:
    trial = tell(job, end_well(job, 1.0, cost={"macs": macs, "params": 5, "fixed": 0}), Limits(macs=limit))
    assert trial.macs == macs
    assert trial.complete == (macs <= limit)
    assert trial.complete or f"{macs} macs > limits.macs={limit}" in trial.reason
    assert bool(trial.objectives) == trial.complete


SECONDS, EPOCHS = st.floats(0.0, 1e6), st.integers(0, 20)


@quick
@given(first=SECONDS, second=SECONDS, before=EPOCHS, after=EPOCHS, lost=st.booleans())
def test_a_leg_adds_its_time_and_loses_nothing_that_was_known(
    first: float, second: float, before: int, after: int, lost: bool
) -> None:
    rungs = {"2": {"delta_mtl": 0.5}}
    paused = complete(4, 0.5, 10, seconds=first, epochs=before, rungs=rungs, device="cuda")
    leg = replace(failed(4), epochs=0) if lost else complete(4, 1.0, 10, epochs=after, device="cpu")
    whole = add_leg(paused, replace(leg, seconds=second))
    assert whole.seconds == first + second
    assert whole.rungs == rungs
    assert whole.epochs == max(before, 0 if lost else after)
    assert (whole.status, whole.reason, whole.objectives) == (leg.status, leg.reason, leg.objectives)
    assert (whole.device, whole.curves) == (("cuda", paused.curves) if lost else ("cpu", leg.curves))


def test_what_a_workspace_is_worth_is_what_is_lost_where_it_tells_its_mean(job: Job) -> None:
    plain, other = tell(job, end_well(job, 1.0)), end_well(job, 1.5)
    effect = {"retrieval": 0.75, "read": 0.5, "mean_only": other.metrics}
    told = tell(job, end_well(job, 1.0, findings={"workspace": effect}))
    assert told.metrics == {
        **plain.metrics,
        "workspace.retrieval_entropy": 0.75,
        "workspace.read_entropy": 0.5,
        "workspace.worth": pytest.approx(plain.metrics["delta_mtl"] - tell(job, other).metrics["delta_mtl"]),
    }
    assert told.objectives == plain.objectives


@pytest.mark.parametrize("value", [0.25, None])
def test_robustness_is_told_as_columns_and_an_objective_that_is_not_defined_counts_as_the_worst(
    job: Job, value: float | None
) -> None:
    tasks = job.data.selected
    headlines = {f"{task.name}.{task.headline}": value for task in tasks}
    outcome = end_well(job, 0.5, findings={ROBUSTNESS: {"noise": headlines, "consistency.outlined": {"value": None}}})
    wanted = resolve_objectives(["noise.delta", "macs"], tasks)
    candidate = Candidate(3, {"a": 1}, job.pattern, COST)
    trial = make_trial(candidate, job, outcome, {task.name: 2.0 for task in tasks}, tasks, wanted, Limits())
    assert trial.complete
    if value is None:
        assert trial.objectives["noise.delta"] == LOST
        assert math.isnan(trial.metrics["noise.delta"])
        return
    changes = [trial.metrics[f"noise.{task.name}.delta"] for task in tasks]
    assert {abs(each) for each in changes} == {50.0}  # 0.25 where it was 0.5
    assert trial.objectives["noise.delta"] == sum(changes) / len(changes)
    assert math.isnan(trial.metrics["consistency.outlined"])  # no objective
