from __future__ import annotations

import pytest
import torch

from tests.trainers.weighting.toy import CPU, TASKS, make_toy
from trainers.weighting.equal import Constant, Equal, descend


def test_equal_is_the_weighted_sum_to_the_last_bit() -> None:
    toy = make_toy()
    penalty = toy.shared.square().sum()
    losses = toy.losses()
    total = sum((task.weight * losses[task.name] for task in TASKS), torch.zeros(())) + penalty + 0.0
    expected = torch.autograd.grad(total, toy.parameters)
    losses, penalty = toy.losses(), toy.shared.square().sum()
    Equal().begin(TASKS, CPU).backward(losses, (penalty, 0.0), toy.parameters)
    assert all(torch.equal(p.grad, want) for p, want in zip(toy.parameters, expected, strict=True))


def test_nothing_of_it_changes_or_is_kept() -> None:
    balance = Equal().begin(TASKS, CPU)
    assert isinstance(balance, Constant)
    balance.turn([{"a.loss": 1.0}, {"a.loss": 9.0}])
    assert balance.factors == {"a": 1.0, "b": 3.0, "c": 1.0}
    assert balance.used() == balance.state_dict() == {}
    assert not balance.learned


def test_terms_that_are_no_tensors_are_added_too() -> None:
    x = torch.nn.Parameter(torch.tensor(2.0))
    descend((x * x, 3 * x), (0.0, x))
    assert x.grad is not None and x.grad.item() == pytest.approx(2 * 2 + 3 + 1)
