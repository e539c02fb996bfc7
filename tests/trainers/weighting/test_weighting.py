from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
import torch

from trainers.weighting.weighting import Balance, Weighting, Weights


def test_means_are_over_the_steps_since_the_last_time() -> None:
    weights = Weights(["a", "b"])
    assert weights.take() == {}
    weights.note(torch.tensor([1.0, 0.0]))
    weights.note(torch.tensor([3.0, 1.0]))
    assert weights.take() == {"a.weight": 2.0, "b.weight": 0.5}
    assert weights.take() == {}
    weights.note(torch.tensor([5.0, 7.0]))
    assert weights.take() == {"a.weight": 5.0, "b.weight": 7.0}


def test_what_was_noted_does_not_change_with_the_tensor() -> None:
    weights, tensor = Weights(["a"]), torch.nn.Parameter(torch.tensor([1.0]))
    weights.note(tensor)
    tensor.data += 9
    assert weights.take() == {"a.weight": 1.0}


def test_a_weighting_of_ones_own_has_to_begin_and_its_balance_to_descend() -> None:
    with pytest.raises(TypeError, match="begin"):
        Weighting()  # type: ignore[abstract]
    with pytest.raises(TypeError, match="backward"):
        Balance()  # type: ignore[abstract]


class First(Balance):
    """The first task alone."""

    def backward(
        self,
        losses: Mapping[str, torch.Tensor],
        terms: Sequence[torch.Tensor | float],
        parameters: Sequence[torch.nn.Parameter],
    ) -> None:
        next(iter(losses.values())).backward()


def test_the_rest_of_a_balance_has_defaults() -> None:
    balance = First()
    balance.turn([])
    balance.load_state_dict(balance.state_dict())
    assert balance.used() == {}
    assert not balance.learned
