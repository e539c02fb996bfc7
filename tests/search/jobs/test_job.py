from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import torch

from search.components.component_names import mark_all
from search.components.components import describe_component
from search.jobs.job import TRAINING_VERSION, Job
from search.jobs.members import Inherited, Members
from search.jobs.worker import run_job
from spaces.branching import Branching
from spaces.fusion import Fusion
from spaces.networks import small
from spaces.networks.build import build
from spaces.pattern.sharing_pattern import hard_sharing
from tests.search.jobs.tiny_job import make_job
from trainers.batches.memory import load_split
from trainers.measure import measure
from trainers.recipe import list_idle_fields
from trainers.weighting.dwa import Dwa
from trainers.weighting.fixed import Fixed


@pytest.fixture
def job(tmp_path: Path) -> Job:
    return make_job(tmp_path)


def test_the_weights_are_those_that_were_measured_and_load_without_pickle(job: Job) -> None:
    outcome = run_job(job)
    tasks = job.data.selected
    network = build(job.pattern, job.network, {task.name: task.output for task in tasks}, seed=99)
    network.load_state_dict(torch.load(job.weights, weights_only=True))
    assert measure(network, load_split(job.data, "val", "cpu"), tasks) == pytest.approx(outcome.metrics, rel=1e-4)


def test_the_fingerprint_names_what_decides_the_result_and_nothing_else(job: Job, tmp_path: Path) -> None:
    names = list(job.pattern.tasks)
    same = replace(job, label="other", threads=2, outcome=tmp_path / "elsewhere", weights=None)
    assert same.fingerprint == job.fingerprint
    others = [
        replace(job, pattern=hard_sharing(names, 2, 2)),
        replace(job, seed=1),
        replace(job, tested="test"),
        replace(job, recipe=replace(job.recipe, lr=0.5)),
        replace(job, network=replace(job.network, decoder_width=5)),
    ]
    assert len({job.fingerprint, *(other.fingerprint for other in others)}) == 1 + len(others)


def test_a_baseline_is_the_same_beside_whatever_other_tasks(job: Job) -> None:
    alone = replace(job, pattern=hard_sharing(["depth"], 2, 2))
    fewer = replace(alone, data=replace(job.data, tasks=["depth", "colour"]))
    assert fewer.fingerprint == alone.fingerprint


def test_choices_that_came_later_name_a_training_only_where_they_are_made(job: Job) -> None:
    """So results from before are found again, and all weightings share the single-task networks."""
    together, alone = job, replace(job, pattern=hard_sharing(["depth"], 2, 2))
    weighed = [replace(job.recipe, weighting=each) for each in (Dwa(), Dwa(temperature=1.0), Fixed({"depth": 2.0}))]
    assert len({together.fingerprint, *(replace(together, recipe=each).fingerprint for each in weighed)}) == 4
    assert len({alone.fingerprint, *(replace(alone, recipe=each).fingerprint for each in weighed)}) == 1
    before = {
        name: each
        for name, each in describe_component(job.recipe).items()
        if name not in ("weighting", *list_idle_fields(job.pattern))
    }
    depth = [task for task in job.data.selected if task.name == "depth"]
    tasks = [
        {k: v for k, v in describe_component(task).items() if k not in ("measures", "judged_by")} for task in depth
    ]
    named = [
        TRAINING_VERSION,
        alone.pattern.key,
        job.data.fingerprint,
        [*tasks, describe_component(job.network), before],
        0,
    ]
    assert alone.fingerprint == hashlib.sha256(json.dumps(mark_all(named)).encode()).hexdigest()[:16]


def test_a_measure_that_is_named_is_measured_and_part_of_the_name(job: Job, tmp_path: Path) -> None:
    spec = tmp_path / "measured.yaml"
    spec.write_text(
        (tmp_path / "data" / "spec.yaml").read_text().replace("invalid: 0}", "invalid: 0, measures: [sq_rel]}")
    )
    more = replace(job, data=replace(job.data, spec=str(spec)), outcome=tmp_path / "more.json", weights=None)
    assert more.fingerprint != job.fingerprint
    assert more.data.fingerprint == job.data.fingerprint
    assert run_job(more).metrics.keys() - run_job(job).metrics.keys() == {"depth.sq_rel"}


@dataclass(frozen=True)
class Small(small.Small):
    """Another family of the same name."""


def test_two_classes_of_one_name_are_two_things(job: Job) -> None:
    other = replace(job, network=Small(job.network.encoder_widths, job.network.decoder_width))
    assert repr(other.network) == repr(job.network)
    assert other.fingerprint != job.fingerprint


def test_a_supernet_is_named_by_its_space_and_limits_and_others_keep_their_names(job: Job, tmp_path: Path) -> None:
    members = Members(Fusion(2, 2))
    others = [
        job,
        replace(job, members=members),
        replace(job, members=replace(members, macs=1e6)),
        replace(job, members=replace(members, params=1e6)),
        replace(job, members=Members(Branching(2, 2))),
        replace(job, members=Members(Fusion(2, 3))),
    ]
    assert len({each.fingerprint for each in others}) == len(others)
    assert replace(job, members=Members(Fusion(2, 2)), weights=None).fingerprint == others[1].fingerprint
    assert replace(job, members=None, inherits=None).fingerprint == job.fingerprint


def test_a_training_on_inherited_weights_is_named_by_their_training_and_not_by_their_place(
    job: Job, tmp_path: Path
) -> None:
    here = replace(job, inherits=Inherited(tmp_path / "here.pt", "a"))
    there = replace(job, inherits=Inherited(tmp_path / "there.pt", "a"))
    other = replace(job, inherits=Inherited(tmp_path / "here.pt", "b"))
    assert here.fingerprint == there.fingerprint
    assert len({job.fingerprint, here.fingerprint, other.fingerprint}) == 3


def test_names_of_trainings_without_a_supernet_are_those_of_before(job: Job) -> None:
    """What is put into the name stands in its order: a field that came later has to stay out where it is not used."""
    recipe = {
        name: each
        for name, each in describe_component(job.recipe).items()
        if name not in ("weighting", *list_idle_fields(job.pattern))
    }
    tasks = [
        {k: v for k, v in describe_component(task).items() if v or k not in ("measures", "judged_by")}
        for task in job.data.selected
    ]
    components = [*tasks, describe_component(job.network), recipe]
    named = [TRAINING_VERSION, job.pattern.key, job.data.fingerprint, components, 0]
    assert job.fingerprint == hashlib.sha256(json.dumps(mark_all(named)).encode()).hexdigest()[:16]
