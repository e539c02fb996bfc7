from __future__ import annotations

import pytest
import torch

from spaces.errors import ConfigError
from tests.trainers.weighting.toy import CPU, NAMES, TASKS, make_toy
from trainers.weighting.uncertainty import LogVariances, Uncertainty


def test_log_variances_have_the_gradient_of_equation_7() -> None:
    toy = make_toy()
    balance = LogVariances(TASKS, CPU, lr_ratio=1.0)
    balance.s.data = torch.tensor([0.3, -1.0, 2.0])
    balance.backward(toy.losses(), (), toy.parameters)
    values = torch.tensor([loss.item() * task.weight for loss, task in zip(toy.losses().values(), TASKS, strict=True)])
    torch.testing.assert_close(balance.s.grad, 0.5 - 0.5 * torch.exp(-balance.s.detach()) * values)
    scales = 0.5 * torch.exp(-balance.s.detach()) * torch.tensor([task.weight for task in TASKS])
    expected = sum(scale * toy.gradient(name) for scale, name in zip(scales, NAMES, strict=True))
    torch.testing.assert_close(toy.shared.grad, expected)
    assert balance.used() == pytest.approx({f"{n}.weight": float(w) for n, w in zip(NAMES, scales, strict=True)})


def test_log_variances_agree_with_the_librarys() -> None:
    toy = make_toy()
    scalarization = pytest.importorskip("torchjd.scalarization", reason="compares with TorchJD")
    balance, theirs = LogVariances(TASKS, CPU, lr_ratio=1.0), scalarization.UW(3)
    balance.backward(toy.losses(), (), toy.parameters)
    theirs(torch.stack([task.weight * toy.losses()[task.name] for task in TASKS])).backward()
    torch.testing.assert_close(balance.s.grad, theirs.log_var.grad)


def test_what_it_learns_is_taken_up_where_it_stood() -> None:
    balance = Uncertainty(lr_ratio=5.0).begin(TASKS, CPU)
    assert isinstance(balance, LogVariances)
    assert balance.lr_ratio == 5.0
    assert balance.s.tolist() == [0.0] * 3
    balance.s.data = torch.tensor([0.1, -0.2, 0.3])
    state = balance.state_dict()
    balance.s.data += 1  # what was handed out stays
    other = Uncertainty().begin(TASKS, CPU)
    other.load_state_dict(state)
    (found,) = other.learned
    assert torch.equal(found, torch.tensor([0.1, -0.2, 0.3]))


def test_a_large_loss_comes_to_weigh_less() -> None:
    """At rest exp(-s) is one over the loss times the task's weight."""
    toy = make_toy()
    balance = LogVariances(TASKS, CPU, lr_ratio=1.0)
    values = [loss.item() * task.weight for loss, task in zip(toy.losses().values(), TASKS, strict=True)]
    balance.s.data = torch.tensor(values).log()
    balance.backward(toy.losses(), (), toy.parameters)
    torch.testing.assert_close(balance.s.grad, torch.zeros(3), atol=1e-6, rtol=0)


def test_options_out_of_range_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"^trainer\.weighting\.lr_ratio=0: want a number > 0$"):
        Uncertainty(lr_ratio=0)
