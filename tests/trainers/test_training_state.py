from __future__ import annotations

import io
import time
from typing import Any

import pytest
import torch

from trainers import training_state
from trainers.tasks.depth import Depth
from trainers.training_state import Leg, TrainingState
from trainers.weighting.equal import Equal
from trainers.weighting.uncertainty import Uncertainty

CPU = torch.device("cpu")


def begin(seed: int) -> TrainingState:
    torch.manual_seed(seed)
    network = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.BatchNorm1d(4), torch.nn.Linear(4, 2))
    balance = Uncertainty().begin((Depth("a"), Depth("b")), CPU)
    optimiser = torch.optim.AdamW([*network.parameters(), *balance.learned], lr=0.1)
    schedule = torch.optim.lr_scheduler.ExponentialLR(optimiser, 0.9)
    return TrainingState(network, optimiser, schedule, torch.Generator().manual_seed(seed), balance)


def step(standing: TrainingState) -> float:
    """An epoch that draws from both generators and moves all there is."""
    batch = torch.rand(8, 3, generator=standing.random) + 0.1 * torch.rand(8, 3)
    output = standing.network(batch).square().mean(0)
    standing.optimiser.zero_grad()
    standing.weighting.backward({"a": output[0], "b": output[1]}, (), list(standing.network.parameters()))
    standing.optimiser.step()
    standing.schedule.step()
    standing.metrics = {"a.loss": float(output[0].detach())}
    standing.reports.append(dict(standing.metrics))
    return standing.metrics["a.loss"]


def keep(standing: TrainingState, until: int | None = None) -> list[dict[str, Any]]:
    kept: list[dict[str, Any]] = []
    standing.keep(Leg(until, None, kept.append), CPU)
    return kept


def test_what_is_taken_up_goes_on_to_the_last_bit() -> None:
    whole = begin(0)
    step(whole), step(whole)
    (state,) = keep(whole, until=2)
    buffer = io.BytesIO()
    torch.save(state, buffer)
    expected = [step(whole) for _ in range(3)]

    other = begin(1)
    buffer.seek(0)
    other.take_up(torch.load(buffer, weights_only=True), CPU)
    assert len(other.reports) == 2
    assert other.metrics == other.reports[-1]
    assert [step(other) for _ in range(3)] == expected
    assert other.reports == whole.reports
    for name, tensor in whole.network.state_dict().items():
        assert torch.equal(tensor, other.network.state_dict()[name])


def test_states_of_before_weightings_learned_are_taken_up() -> None:
    standing = begin(0)
    standing.weighting = Equal().begin((Depth("a"), Depth("b")), CPU)
    (state,) = keep(standing, until=0)
    del state["weighting"]
    begun = begin(1)
    begun.weighting = standing.weighting
    begun.take_up(state, CPU)
    assert torch.equal(begun.random.get_state(), standing.random.get_state())


def test_it_is_handed_out_at_the_pause_and_where_the_last_time_is_long_ago(monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.monotonic()
    monkeypatch.setattr(training_state.time, "monotonic", lambda: now)
    standing = begin(0)
    standing._kept = now
    step(standing)

    assert keep(standing) == []
    assert keep(standing, until=2) == []
    assert len(keep(standing, until=1)) == 1
    now += training_state.KEPT_EVERY + 1
    assert len(keep(standing)) == 1
    assert keep(standing) == []  # just done
    standing.keep(Leg(until=1), CPU)  # nobody wants it


def test_reports_that_were_taken_up_are_its_own() -> None:
    first, second = begin(0), begin(0)
    step(first)
    (state,) = keep(first, until=1)
    second.take_up(state, CPU)
    step(second)
    assert len(first.reports) == 1
