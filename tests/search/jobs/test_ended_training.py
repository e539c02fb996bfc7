"""A training that has ended is only tested, and shows what it would have shown had it been tested at once."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from search.jobs.job import Job, Outcome
from search.jobs.worker import run_job
from tests.search.jobs.tiny_job import make_job


@pytest.fixture
def job(tmp_path: Path) -> Job:
    made = make_job(tmp_path)
    assert run_job(replace(made, outcome=tmp_path / "weights.json")).complete
    return replace(made, tested="test", trained=made.weights, weights=None)


def _read_test(outcome: Outcome) -> dict[str, float]:
    return dict(outcome.findings["tested"]["metrics"])


def test_what_is_taken_up_equals_what_is_trained(job: Job, tmp_path: Path) -> None:
    trained = run_job(replace(job, trained=None, outcome=tmp_path / "trained.json"))
    before = (tmp_path / "weights.json").read_bytes()
    taken = run_job(job)
    assert taken.complete, taken.reason
    assert (taken.metrics, _read_test(taken), taken.cost, taken.epochs, taken.curves) == (
        trained.metrics,
        _read_test(trained),
        trained.cost,
        trained.epochs,
        trained.curves,
    )
    assert taken.only_tested and not trained.only_tested
    assert taken.metrics != taken.findings["tested"]["metrics"]
    assert taken.seconds < trained.seconds
    assert (tmp_path / "weights.json").read_bytes() == before


def _cut(folder: Path) -> None:
    (folder / "weights.pt").write_bytes((folder / "weights.pt").read_bytes()[:-40])


def _drop_weights(folder: Path) -> None:
    (folder / "weights.pt").unlink()


def _drop_outcome(folder: Path) -> None:
    (folder / "weights.json").unlink()


def _swap(folder: Path) -> None:
    """Weights of another seed, of the same shapes."""
    other = replace(make_job(folder), seed=1, outcome=folder / "other.json", weights=folder / "other.pt")
    run_job(other)
    (folder / "weights.pt").write_bytes((folder / "other.pt").read_bytes())


def _spoil(folder: Path) -> None:
    held = torch.load(folder / "weights.pt")
    torch.save({name: each * math.nan for name, each in held.items()}, folder / "weights.pt")


@pytest.mark.parametrize("harm", [_cut, _drop_weights, _drop_outcome, _swap, _spoil])
def test_where_something_of_it_is_gone_it_is_trained(job: Job, tmp_path: Path, harm: Callable[[Path], None]) -> None:
    expected = run_job(replace(job, outcome=tmp_path / "first.json"))
    harm(tmp_path)
    found = run_job(job)
    assert found.complete, found.reason
    assert found.metrics == pytest.approx(expected.metrics)
    assert not found.only_tested
    assert _read_test(found) == _read_test(expected)


def test_weights_of_something_else_are_not_taken(job: Job, tmp_path: Path) -> None:
    other = make_job(tmp_path / "other", "network.encoder_widths=[3,5]")
    assert other.weights
    run_job(other)
    (tmp_path / "weights.pt").write_bytes(other.weights.read_bytes())
    assert run_job(job).complete


def test_one_that_was_trained_on_a_gpu_is_tested_here(job: Job, tmp_path: Path) -> None:
    file = tmp_path / "weights.json"
    file.write_text(file.read_text().replace('"device": "cpu"', '"device": "cuda"'))
    assert run_job(job).seconds < 1.0
    before = run_job(replace(job, trained=None, outcome=tmp_path / "first.json"))
    assert _read_test(run_job(job)) == _read_test(before)
