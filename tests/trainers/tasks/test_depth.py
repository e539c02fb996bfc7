from __future__ import annotations

import re

import numpy as np
import pytest
import torch

from spaces.errors import ConfigError, DataError
from tests.references import metrics as reference
from trainers.tasks import Depth, make_task


@pytest.mark.parametrize("seed", range(3))
def test_metrics_equal_loops(seed: int) -> None:
    rng = torch.Generator().manual_seed(seed)
    truth = 0.5 + 5 * torch.rand(4, 1, 6, 5, generator=rng)
    truth[torch.rand(truth.shape, generator=rng) < 0.2] = 0
    guess = truth + torch.randn(truth.shape, generator=rng)  # some negative
    task = Depth("d")
    truths = [None if metres == 0 else metres for metres in truth.flatten().tolist()]
    assert task.metrics(task.statistics(guess, truth)) == pytest.approx(
        reference.depth(guess.flatten().tolist(), truths)
    )


def test_the_loss_is_the_headline_in_metres() -> None:
    task = Depth("d")
    truth = torch.tensor([[[[2.0, 0.0, 4.0]]]])
    guess = torch.tensor([[[[3.0, 9.0, 2.0]]]])
    assert task.loss(guess, truth).item() == 1.5
    assert task.metrics(task.statistics(guess, truth))["abs_err_m"] == 1.5


def test_decoding_scales_and_marks_invalid() -> None:
    raw = np.array([[[0, 1500, 65535, 340]]], np.uint16)
    decoded = Depth("d", scale=0.001, invalid=(65535,)).decode(raw, "here")
    assert decoded.shape == (1, 1, 1, 4)
    np.testing.assert_allclose(decoded, [[[[0, 1.5, 0, 0.34]]]])
    holes = np.array([[[np.nan, 2.0, np.inf, -1.0]]])
    np.testing.assert_array_equal(Depth("d", invalid=[float("inf"), -1]).decode(holes, "here"), [[[[0, 2, 0, 0]]]])


def test_things_that_appear_larger_are_nearer() -> None:
    target = torch.tensor([[[[3.0, 0.0], [6.0, 1.5]]]])
    zoomed = Depth("d").zoom(target, 1.5, (0, 0, 1, 2))
    torch.testing.assert_close(zoomed, torch.tensor([[[[2.0, 0.0], [2.0, 0.0]]]]))


@pytest.mark.parametrize(
    ("spec", "raw", "message"),
    [
        (
            {},
            np.array([[[0, 340, 9870]]], np.uint16),
            "x.npz: depth up to 9870 m at scale: 1, at most max_m = 100 m allowed "
            "(given: uint16, shape (1, 1, 3), values 0..9870); "
            "say scale: 0.001 if the array is in millimetres, "
            "add 9870 to invalid if it marks missing depth, or raise max_m",
        ),
        (
            {"scale": 1 / 512},
            np.array([[[0, 340, 65535]]], np.uint16),
            "x.npz: depth up to 127.998 m at scale: 0.00195312, at most max_m = 100 m allowed "
            "(given: uint16, shape (1, 1, 3), values 0..65535); mend scale (metres per unit), "
            "add 65535 to invalid if it marks missing depth, or raise max_m",
        ),
        (
            {},
            np.array([[[-1.0, 2.0]]]),
            "x.npz: negative depth -1 (given: float64, shape (1, 1, 2), values -1..2); "
            "add the values that mark missing depth to invalid, e.g. invalid: [0, -1.0]",
        ),
        (
            {},
            np.array([[[np.inf, 2.0]]]),
            "x.npz: infinite values (given: float64, shape (1, 1, 2), values 2..2); "
            "replace them, or add .inf or -.inf to the field 'invalid'",
        ),
        (
            {},
            np.zeros((2, 3, 3)),
            "x.npz: no valid pixel (invalid values: [0]) (given: float64, shape (2, 3, 3), values 0..0); "
            "check the array and the field 'invalid'",
        ),
    ],
)
def test_bad_arrays(spec: dict[str, float], raw: np.ndarray, message: str) -> None:
    with pytest.raises(DataError, match=f"^{re.escape(message)}$"):
        Depth("d", **spec).decode(raw, "x.npz")


def test_all_problems_of_a_specification_come_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        make_task("d", {"kind": "depth", "scale": "mm", "max_m": -1, "role": "side", "unit": "m"})
    assert str(caught.value).splitlines() == [
        "tasks.d.unit: unknown, kind 'depth' has role, weight, measures, judged_by, scale, invalid, max_m",
        "tasks.d.role=side: want one of main, auxiliary",
        "tasks.d.scale=mm: want a number > 0",
        "tasks.d.max_m=-1: want a number > 0",
    ]


def test_a_value_that_looks_like_a_marker_is_told() -> None:
    raw = np.array([[[800, 3000, 4000, 3500, 65535, 0]]], np.uint16)
    assert Depth("d", scale=0.001).remark([raw, raw]) == [
        "task 'd': 17 % of the values looked at are 65535, far from all others (800..4000), and count as 65.535 m: if "
        "that marks what is missing, say invalid: [0, 65535]"
    ]
    assert Depth("d", scale=0.001, invalid=[0, 65535]).remark([raw]) == []
    assert Depth("d", scale=0.001).remark([raw[..., :2]]) == []
    assert Depth("d").remark([np.array([[[np.inf, np.nan]]]), raw[..., 5:]]) == []
