from __future__ import annotations

import pytest
import torch

from spaces.errors import ConfigError
from tests.trainers.weighting.toy import CPU, NAMES, TASKS
from trainers.weighting.dwa import Dwa, weights


@pytest.mark.parametrize("temperature", [0.01, 2.0, 50.0])
def test_dwa_weighs_slow_tasks_more_and_sums_to_their_number(temperature: float) -> None:
    found = weights([0.9, 0.5, 3.0], [1.0, 1.0, 1.0], temperature)
    assert sum(found) == pytest.approx(3)
    assert found[2] > found[0] >= found[1]
    assert weights([0.0, 2.0], [0.0, 2.0], temperature) == [1.0, 1.0]


def test_dwa_looks_two_epochs_back_and_agrees_with_the_librarys() -> None:
    balance = Dwa().begin(TASKS, CPU)
    history: list[dict[str, float]] = []
    told = []
    for values in ((1.0, 2.0, 4.0), (0.5, 1.9, 4.0), (0.5, 0.5, 0.5)):
        balance.turn(history)
        told.append(balance.used())
        history.append({f"{name}.loss": value for name, value in zip(NAMES, values, strict=True)})
    own = {"a.weight": 1.0, "b.weight": 3.0, "c.weight": 1.0}
    assert told[0] == told[1] == own
    relative = torch.tensor([told[2][key] / own[key] for key in own])
    expected = 3 * torch.softmax(torch.tensor([0.5 / 1.0, 1.9 / 2.0, 4.0 / 4.0]) / 2.0, 0)
    torch.testing.assert_close(relative, expected)


def test_rates_far_apart_stay_finite() -> None:
    assert weights([1e6, 0.0], [1.0, 1.0], 0.01) == [2.0, 0.0]


def test_options_out_of_range_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"^trainer\.weighting\.temperature=-1: want a number > 0$"):
        Dwa(temperature=-1)
