from __future__ import annotations

import math
import re

import numpy as np
import pytest
import torch

from spaces.errors import ConfigError, DataError
from tests.references import metrics as reference
from trainers.tasks import Metric, Regression, make_task


@pytest.mark.parametrize("channels", [1, 4])
def test_metrics_equal_loops(channels: int) -> None:
    rng = torch.Generator().manual_seed(0)
    target = torch.randn(3, channels, 5, 6, generator=rng)
    target[torch.rand(target.shape, generator=rng) < 0.2] = torch.nan
    guess = torch.randn(target.shape, generator=rng)
    task = Regression("r", channels)
    truths = [None if math.isnan(value) else value for value in target.flatten().tolist()]
    measured = task.metrics(task.statistics(guess, target))
    assert measured == pytest.approx(reference.regression(guess.flatten().tolist(), truths))
    assert measured["abs_err"] == pytest.approx(task.loss(guess, target).item())


def test_an_invalid_value_has_no_gradient_beside_valid_ones() -> None:
    guess = torch.ones(1, 2, 1, 1, requires_grad=True)
    Regression("r", 2).loss(guess, torch.tensor([torch.nan, 3.0]).view(1, 2, 1, 1)).backward()
    assert guess.grad is not None
    assert guess.grad.flatten().tolist() == [0, -1]


def test_the_unit_is_the_tasks_own() -> None:
    assert Regression("r", unit="1/m").table[0] == Metric("abs_err", "1/m", False)


@pytest.mark.parametrize(
    ("channels", "shape"),
    [(1, (2, 3, 4)), (1, (2, 3, 4, 1)), (1, (2, 1, 3, 4)), (5, (2, 3, 4, 5)), (5, (2, 5, 3, 4))],
)
def test_decoding_reads_every_layout(channels: int, shape: tuple[int, ...]) -> None:
    raw = np.random.default_rng(0).integers(0, 1000, shape).astype(np.uint16)
    decoded = Regression("r", channels, scale=0.5, offset=-1, invalid=(7,)).decode(raw, "here")
    assert decoded.shape == (2, channels, 3, 4)
    last = raw.reshape(2, 3, 4, channels) if shape[1] == 3 else raw.transpose(0, 2, 3, 1)
    expected = np.where(last == 7, np.nan, last * 0.5 - 1)
    np.testing.assert_array_equal(decoded.transpose(0, 2, 3, 1), expected)


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (np.full((1, 2, 2), np.nan), "x.npz: no valid pixel (invalid values: none named)"),
        (np.array([[[1.0, -np.inf]]]), "x.npz: infinite values"),
        (np.full((1, 2, 2), 1e200), "x.npz: values up to 1e+200 do not fit float32"),
    ],
)
def test_bad_arrays(raw: np.ndarray, message: str) -> None:
    with pytest.raises(DataError, match=f"^{re.escape(message)}"):
        Regression("r").decode(raw, "x.npz")


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({"channels": 0}, "tasks.r.channels=0: want a whole number >= 1"),
        ({"scale": 0}, "tasks.r.scale=0: want a number other than 0"),
        ({"unit": 3}, "tasks.r.unit=3: want a text"),
    ],
)
def test_bad_fields(spec: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError, match=f"^{re.escape(message)}$"):
        make_task("r", {"kind": "regression", **spec})


def test_a_value_far_beyond_all_others_is_told() -> None:
    raw = np.random.default_rng(0).normal(size=(2, 6, 8, 2)).astype(np.float32)
    task = Regression("flow", channels=2)
    assert task.remark([raw]) == []

    raw[0, :2, :, 1] = 1e9
    (note,) = task.remark([raw])
    assert note.startswith("task 'flow': 8.3 % of the values looked at are 1000000000, far from all others (")
    assert note.endswith("), and count as 1e+09: if that marks what is missing, say invalid: [1000000000]")
    assert Regression("flow", channels=2, invalid=[1e9]).remark([raw]) == []

    raw[0, :2, :, 1] = -9999
    assert task.remark([raw])[0].endswith("say invalid: [-9999]")
    assert task.remark([(raw > 0).astype(np.uint8), np.full((1, 2, 2), np.nan)]) == []
