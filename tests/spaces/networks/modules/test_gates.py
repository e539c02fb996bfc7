from __future__ import annotations

import pytest
import torch

from spaces.networks.modules.gates import Gate, choose_hard, lay_along, mix_soft


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


@pytest.mark.parametrize(("shape", "dim"), [((2, 4, 3, 5), 1), ((2, 7, 4), -1)])
def test_a_task_takes_its_own_channels_where_its_gate_is_open(shape: tuple[int, ...], dim: int) -> None:
    gate, own, shared = torch.tensor([1.0, 0.0, 0.0, 1.0]), torch.rand(shape), torch.rand(shape)
    chosen = choose_hard(gate, own, shared, dim).movedim(dim, 0)
    for channel, source in enumerate((own, shared, shared, own)):
        assert torch.equal(chosen[channel], source.movedim(dim, 0)[channel])


def test_half_open_gates_lie_half_way() -> None:
    own, shared = torch.rand(2, 3, 4, 4), torch.rand(2, 3, 4, 4)
    torch.testing.assert_close(choose_hard(torch.full((3,), 0.5), own, shared, 1), (own + shared) / 2)


def test_the_shared_stream_is_a_mean_by_channel_and_leaves_its_sources_alone() -> None:
    weights = torch.tensor([[0.25, 1.0], [0.75, 0.0]])
    values = [torch.rand(2, 2, 3, 3) for _ in range(2)]
    before = [value.clone() for value in values]
    mixed = mix_soft(weights, values, 1)
    torch.testing.assert_close(mixed[:, 0], 0.25 * values[0][:, 0] + 0.75 * values[1][:, 0])
    torch.testing.assert_close(mixed[:, 1], values[0][:, 1])
    assert all(torch.equal(one, other) for one, other in zip(values, before, strict=True))


def test_channels_lie_along_a_dimension_in_the_others_precision() -> None:
    lying = lay_along(torch.tensor([1.0, 2.0]), torch.empty(5, 2, 3, 3, dtype=torch.float16), 1)
    assert lying.shape == (1, 2, 1, 1)
    assert lying.dtype == torch.float16
