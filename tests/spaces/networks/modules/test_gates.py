from __future__ import annotations

import pytest
import torch

from spaces.networks.modules.gates import Gate


def test_the_threshold_is_hard_forward_and_the_sigmoid_backward() -> None:
    gate = Gate(2, 3, 0.5, "threshold")
    gate.alpha.data = torch.tensor([[-2.0, -0.01, 0.0], [0.01, 1.0, 3.0]])
    opened = gate()
    assert opened.tolist() == [[0, 0, 1], [1, 1, 1]]
    opened.sum().backward()
    soft = torch.sigmoid(gate.alpha.detach())
    torch.testing.assert_close(gate.alpha.grad, soft * (1 - soft))


@pytest.mark.parametrize("estimator", ["hard_concrete", "gumbel_sigmoid"])
def test_noisy_estimators_open_more_the_larger_the_logit_and_harden_when_not_training(estimator: str) -> None:
    torch.manual_seed(0)
    gate = Gate(1, 4000, 0.5, estimator)
    means = []
    for logit in (-2.0, 0.0, 2.0):
        gate.alpha.data.fill_(logit)
        drawn_gates = gate.train()()
        assert drawn_gates.min() >= 0 and drawn_gates.max() <= 1
        means.append(float(drawn_gates.detach().mean()))
        assert set(gate.eval()().unique().tolist()) == {float(logit >= 0)}
    assert means[0] < 0.3 < means[1] < 0.7 < means[2]


def test_the_rate_of_a_hard_concrete_gate_is_the_probability_of_not_being_closed() -> None:
    torch.manual_seed(0)
    gate = Gate(1, 20_000, 0.3, "hard_concrete")
    assert float(gate.rates.detach()) == pytest.approx(float((gate.train()() > 0).float().mean()), abs=0.01)


def test_settled_gates_are_hard_while_training() -> None:
    gate = Gate(2, 5, 0.5, "gumbel_sigmoid").train()
    gate.settled = True
    assert gate().tolist() == [[1.0] * 5] * 2


def test_soft_and_hard_rates_differ() -> None:
    """All logits a little above the threshold: half open to the penalty, all open in truth."""
    gate = Gate(1, 8, 0.01, "threshold")
    assert float(gate.rates.detach()) == pytest.approx(0.5025, abs=1e-4)
    assert float(gate.open.float().mean()) == 1.0
