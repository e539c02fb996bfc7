"""Jobs with gates: what is told, kept and counted is the pruned network."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from search.config.composition import compose
from search.jobs.job import Job
from search.jobs.outcome_files import read_outcome
from search.jobs.trial import Trial, load_trial, save_trial
from search.jobs.worker import run_job
from search.problem.bounds import Limits
from search.problem.objectives import resolve_objectives
from search.results.trained_network import rebuild_network, retrain_network
from search.study.study import Candidate
from search.study.trial_result import make_trial
from spaces.errors import DataError
from spaces.networks.cost import compute_ceiling, compute_cost, count_macs
from spaces.pattern.mixing import Gated
from spaces.pattern.sharing_pattern import NoExchange, SharingPattern
from spaces.pattern.stage import Stage
from tests.tiny import arguments, write_tiny
from trainers.batches.memory import load_split
from trainers.gating import Gating
from trainers.measure import measure


@pytest.fixture
def job(tmp_path: Path) -> Job:
    settings = compose(arguments(write_tiny(tmp_path / "data")))
    names = tuple(sorted(task.name for task in settings.data.selected))
    together, apart = (names,), tuple((name,) for name in names)
    stage = Stage(together, Gated(tuple((name, 0.3) for name in names)))
    pattern = SharingPattern((stage, stage), (NoExchange(),) * 2, (Stage(apart),) * 2)
    recipe = replace(settings.trainer, gates=Gating(start=0.05, weight=2.0))
    files = tmp_path / "outcome.json", tmp_path / "weights.pt"
    return Job("a job", pattern, settings.data, settings.network, recipe, 0, 1, *files)


def _trial(job: Job, limits: Limits = Limits()) -> Trial:  # noqa: B008 - frozen
    tasks = job.data.selected
    outputs = {task.name: task.output for task in tasks}
    candidate = Candidate(3, {}, job.pattern, compute_cost(job.pattern, job.network, outputs, job.data.size))
    reference = {task.name: 1.0 for task in tasks}
    return make_trial(candidate, job, run_job(job), reference, tasks, resolve_objectives(["macs"], tasks), limits)


def test_metrics_cost_and_weights_are_those_of_the_pruned_network(job: Job) -> None:
    outcome = run_job(job)
    assert outcome.complete, outcome.reason
    assert read_outcome(job) == outcome
    tasks = job.data.selected
    assert job.weights
    static = rebuild_network(job.pattern, job.network, tasks, job.weights, "cpu", outcome.masks)
    assert not static.gated
    assert measure(static, load_split(job.data, "val", "cpu"), tasks) == pytest.approx(outcome.metrics, rel=1e-5)
    found = count_macs(static, job.data.size)
    assert outcome.cost == {"macs": found.macs, "params": found.params, "fixed": found.fixed}
    outputs = {task.name: task.output for task in tasks}
    least, most = (price(job.pattern, job.network, outputs, job.data.size) for price in (compute_cost, compute_ceiling))
    assert least.macs <= found.macs <= most.macs


def test_rates_are_curves_and_masks_agree_with_the_last_hard_one(job: Job) -> None:
    outcome = run_job(job)
    for place, layers in ((name.partition("/")[0], layers) for name, layers in outcome.masks.items()):
        for task in job.pattern.tasks:
            shares = [layer[task].count("1") / len(layer[task]) for layer in layers]
            curve = outcome.curves[f"gates.{place}.{task}.hard"]
            assert len(curve) == job.recipe.epochs
            assert curve[-1] == pytest.approx(sum(shares) / len(shares))


def test_a_trial_keeps_the_masks_and_tells_two_networks_of_one_pattern_apart(job: Job, tmp_path: Path) -> None:
    trial = _trial(job)
    save_trial(tmp_path / "trial.json", trial)
    again = load_trial(tmp_path / "trial.json")
    assert again.masks == trial.masks != {}
    assert again.network_key == trial.network_key != trial.key == job.pattern.key


def test_a_pruned_network_beyond_a_limit_is_a_failure_with_its_reason(job: Job) -> None:
    macs = _trial(job).macs
    assert _trial(job, Limits(macs=macs)).complete
    trial = _trial(job, Limits(macs=macs - 1, params=1e9))
    assert not trial.complete
    assert trial.objectives == {}
    assert trial.reason == (
        f"the pruned network is beyond a limit: {macs} macs > limits.macs={macs - 1:g}; lower the target rates of the "
        "space, or raise the weight of their penalty, trainer.gates.weight"
    )


def test_single_task_networks_to_start_from_are_counted(job: Job) -> None:
    plain = run_job(job)
    started = run_job(replace(job, recipe=replace(job.recipe, gates=replace(job.recipe.gates, initial="single_task"))))
    assert plain.epochs == job.recipe.epochs
    assert started.epochs == job.recipe.epochs * (1 + len(job.pattern.tasks))
    assert len(started.curves["loss"]) == job.recipe.epochs
    assert started.metrics != plain.metrics


def test_shared_branches_may_start_from_a_trained_network_too(job: Job) -> None:
    closed = replace(job.recipe.gates, start=-0.5)  # so that the shared branch is what is left
    found = [
        run_job(replace(job, recipe=replace(job.recipe, gates=replace(closed, initial=initial))))
        for initial in ("random", "single_task", "trained")
    ]
    assert [each.epochs // job.recipe.epochs for each in found] == [
        1,
        1 + len(job.pattern.tasks),
        2 + len(job.pattern.tasks),
    ]
    assert len({tuple(each.metrics.values()) for each in found}) == 3


def test_a_gated_trial_is_trained_again_to_the_same_network(job: Job) -> None:
    trial = _trial(job)
    again = retrain_network(trial, job)
    assert again.masks == {name: tuple(layers) for name, layers in trial.masks.items()}
    assert again.key == trial.network_key


def test_masks_of_another_network_are_refused(job: Job) -> None:
    outcome = run_job(job)
    assert job.weights
    with pytest.raises(DataError, match="masks and gated stages differ in"):
        rebuild_network(job.pattern, job.network, job.data.selected, job.weights, "cpu")
    name = next(iter(outcome.masks))
    with pytest.raises(DataError, match="do not fit a gated stage"):
        rebuild_network(job.pattern, job.network, job.data.selected, job.weights, "cpu", {**outcome.masks, name: []})


def test_how_gates_learn_enters_the_fingerprint_only_where_something_is_gated(job: Job) -> None:
    other = replace(job, recipe=replace(job.recipe, gates=Gating(weight=9.0)))
    assert other.fingerprint != job.fingerprint
    encoder = (Stage(job.pattern.encoder[0].groups),) * 2
    plain = replace(job.pattern, encoder=encoder)
    assert replace(other, pattern=plain).fingerprint == replace(job, pattern=plain).fingerprint


def test_a_job_that_is_tested_is_measured_there_too_when_all_is_done(job: Job, tmp_path: Path) -> None:
    plain = run_job(job)
    aims = ("noise",)
    tested = run_job(replace(job, tested="test", aims=aims, outcome=tmp_path / "tested.json"))
    looked = run_job(replace(job, judged="test", aims=aims, outcome=tmp_path / "looked.json"))
    losses = {name: curve for name, curve in plain.curves.items() if name.endswith(("loss", "rate"))}
    assert tested.metrics == plain.metrics
    assert losses.items() <= tested.curves.items()
    assert tested.findings["tested"]["metrics"] == looked.metrics != tested.metrics
    assert tested.findings["tested"]["robustness"] == looked.findings["robustness"]
