from __future__ import annotations

import pytest
import torch

from tests.trainers.weighting.toy import CPU, NAMES, TASKS, make_gradients, make_toy
from trainers.tasks.depth import Depth
from trainers.weighting.gradients import METHODS


@pytest.mark.parametrize("method", METHODS)
def test_private_numbers_get_their_own_gradient_and_terms_come_on_top(method: str) -> None:
    toy = make_toy()
    plain, more = (make_gradients(method).begin(TASKS, CPU) for _ in range(2))
    torch.manual_seed(0)
    plain.backward(toy.losses(), (0.0, 0.0), toy.parameters)
    first = [p.grad.clone() for p in toy.parameters]
    for value, task, number in zip(first[1:], TASKS, toy.private, strict=True):
        torch.testing.assert_close(value, 2 * task.weight * number.detach())
    for p in toy.parameters:
        p.grad = None
    torch.manual_seed(0)
    more.backward(toy.losses(), (7 * toy.shared.sum(), 0.0), toy.parameters)
    torch.testing.assert_close(toy.shared.grad, first[0] + 7)


@pytest.mark.parametrize("method", ["upgrad", "dualproj", "mgda"])
def test_no_loss_rises_to_first_order(method: str) -> None:
    toy = make_toy()
    make_gradients(method).begin(TASKS, CPU).backward(toy.losses(), (), toy.parameters)
    assert toy.shared.grad is not None
    slack = 1e-2 * toy.shared.grad.norm()  # their solvers stop early
    assert all(toy.gradient(name) @ toy.shared.grad > -slack for name in NAMES)


@pytest.mark.parametrize("method", ["pcgrad", "upgrad", "mgda"])
def test_of_two_that_conflict_neither_rises(method: str) -> None:
    shared = torch.nn.Parameter(torch.tensor([1.0, 1.0]))
    rows = {"a": torch.tensor([4.0, 1.0]), "b": torch.tensor([-1.0, 0.5])}
    tasks = TASKS[0], Depth("b")
    losses = {name: row @ shared for name, row in rows.items()}
    assert rows["a"] @ (rows["a"] + rows["b"]) > 0 > rows["b"] @ (rows["a"] + rows["b"])  # the sum lets b rise
    make_gradients(method).begin(tasks, CPU).backward(losses, (), [shared])
    assert shared.grad is not None
    assert all(row @ shared.grad >= -1e-3 for row in rows.values())


def test_a_row_is_zero_where_a_task_does_not_reach() -> None:
    """Numbers shared by two of three tasks: the third has no say in them but through the weights."""
    toy = make_toy()
    pair = torch.nn.Parameter(torch.tensor([0.4, 0.6]))
    losses = toy.losses()
    losses["a"] = losses["a"] + (pair[0] - 2).square()
    losses["b"] = losses["b"] + (pair[0] + pair[1]).square()
    balance = make_gradients("mgda").begin(TASKS, CPU)
    expected = [torch.autograd.grad(losses[name], pair, retain_graph=True)[0] for name in ("a", "b")]
    balance.backward(losses, (), [*toy.parameters, pair])
    told = balance.used()
    torch.testing.assert_close(pair.grad, told["a.weight"] * expected[0] + told["b.weight"] * expected[1])
    assert told["a.weight"] + told["b.weight"] / 3.0 + told["c.weight"] == pytest.approx(1)  # of the rows


def test_a_gradient_that_is_no_number_meets_no_method() -> None:
    """Some would not end; the sum of the rows says it just as well."""
    toy = make_toy()
    losses = toy.losses()
    losses["b"] = losses["b"] * float("nan")
    make_gradients("mgda").begin(TASKS, CPU).backward(losses, (), toy.parameters)
    assert toy.shared.grad is not None
    assert toy.shared.grad.isnan().all()


def test_frozen_numbers_are_left_alone() -> None:
    toy = make_toy()
    toy.private[1].requires_grad_(False)
    make_gradients("pcgrad").begin(TASKS, CPU).backward(toy.losses(), (), toy.parameters)
    assert toy.private[1].grad is None
    assert toy.shared.grad is not None
