"""Jobs of a supernet, and jobs that start from its weights."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from statistics import fmean

import pytest
import torch

from search.jobs.job import Job
from search.jobs.members import ESTIMATES, Inherited, Members
from search.jobs.outcome_files import read_outcome
from search.jobs.worker import run_job
from search.problem.estimates import Estimates
from spaces.choices import enumerate_patterns
from spaces.draws import plan_draws
from spaces.fusion import Fusion
from spaces.networks.cost import compute_cost
from spaces.pattern.sharing_pattern import SharingPattern
from tests.search.jobs.tiny_job import make_job

SPACE = Fusion(2, 2)


@pytest.fixture
def supernet(tmp_path: Path) -> Job:
    job = make_job(tmp_path)
    files = {"outcome": tmp_path / "supernet.json", "weights": tmp_path / "supernet.pt"}
    return replace(job, label="supernet", members=Members(SPACE), **files)


def list_patterns(job: Job) -> list[SharingPattern]:
    names = tuple(sorted(job.pattern.tasks))
    return [proposal.pattern for proposal in enumerate_patterns(SPACE, names)]


def test_a_supernet_tells_every_pattern_also_when_it_is_read_again(supernet: Job) -> None:
    outcome = run_job(supernet)
    assert outcome.complete, outcome.reason
    kept = read_outcome(supernet)
    assert kept == outcome
    estimates = Estimates(kept.findings[ESTIMATES], "file")
    for pattern in list_patterns(supernet):
        assert estimates.read(pattern).keys() == outcome.metrics.keys()


def test_it_costs_what_its_patterns_cost_on_average(supernet: Job) -> None:
    assert supernet.members is not None
    outputs = {task.name: task.output for task in supernet.data.selected}
    plan = plan_draws(supernet.members.space, list(outputs), supernet.seed, lambda pattern: True)
    drawn = [plan.at(step) for step in range(len(list_patterns(supernet)))]
    costs = [compute_cost(p, supernet.network, outputs, supernet.data.size).macs for p in drawn]
    found = run_job(supernet).cost
    assert found["macs"] == round(fmean(costs))
    state = torch.load(supernet.weights or "", weights_only=True)
    learned = [each for name, each in state.items() if not name.endswith(("_mean", "_var", "_tracked", "_state"))]
    assert found["params"] == sum(each.numel() for each in learned)


def test_patterns_beyond_the_limits_are_not_estimated(supernet: Job) -> None:
    outputs = {task.name: task.output for task in supernet.data.selected}
    costs = {p: compute_cost(p, supernet.network, outputs, supernet.data.size).macs for p in list_patterns(supernet)}
    limit = float(sorted(costs.values())[len(costs) // 2])
    members = Members(SPACE, macs=limit)
    found = run_job(replace(supernet, members=members)).findings[ESTIMATES]
    allowed = [pattern for pattern, macs in costs.items() if macs <= limit]
    whole = run_job(supernet).findings[ESTIMATES]
    assert all(Estimates(found, "file").read(pattern) for pattern in allowed)
    assert sum(map(len, found.values())) < sum(map(len, whole.values()))


def test_a_network_on_its_weights_starts_where_it_ended(supernet: Job, tmp_path: Path) -> None:
    assert run_job(supernet).complete
    assert supernet.weights
    inherits = Inherited(supernet.weights, supernet.fingerprint)
    files = {"outcome": tmp_path / "own.json", "weights": tmp_path / "own.pt"}
    recipe = replace(supernet.recipe, lr=1e-12, weight_decay=0.0)
    own = replace(supernet, members=None, inherits=inherits, recipe=recipe, **files)
    assert run_job(own).complete
    held = torch.load(supernet.weights, weights_only=True)
    for name, tensor in torch.load(own.weights or "", weights_only=True).items():
        if name.endswith(("weight", "bias")):
            torch.testing.assert_close(tensor, held[name], rtol=1e-6, atol=1e-6)


def test_a_job_whose_weights_are_gone_says_so(supernet: Job, tmp_path: Path) -> None:
    gone = tmp_path / "gone.pt"
    outcome = run_job(replace(supernet, members=None, inherits=Inherited(gone, "abc")))
    assert f"{gone}: no such file of weights to start from" in outcome.reason


def test_a_space_without_a_pattern_within_the_limits_fails_with_the_reason(supernet: Job) -> None:
    outcome = run_job(replace(supernet, members=Members(SPACE, macs=1.0)))
    assert "no pattern of space=fusion is within the limits: want one to train; raise them" in outcome.reason
