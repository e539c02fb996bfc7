from __future__ import annotations

import re

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from sklearn.metrics import f1_score

from spaces.errors import ConfigError, DataError
from tests.references import metrics as reference
from trainers.tasks import Edges, make_task


def _batch(seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    rng = torch.Generator().manual_seed(seed)
    target = torch.randint(-1, 2, (3, 1, 6, 5), generator=rng, dtype=torch.int8)
    return torch.randn(target.shape, generator=rng), target


@pytest.mark.parametrize("seed", range(3))
def test_metrics_equal_loops_and_sklearn(seed: int) -> None:
    task, (logit, target) = Edges("e", 0.8), _batch(seed)
    measured = task.metrics(task.statistics(logit, target))
    truths = [None if value < 0 else value == 1 for value in target.flatten().tolist()]
    assert measured == pytest.approx(reference.edges(logit.flatten().tolist(), truths, 0.8))
    valid = target >= 0
    assert measured["f1"] == pytest.approx(f1_score(target[valid], logit[valid] > 0))
    assert measured["bce"] == pytest.approx(task.loss(logit, target).item())


def test_even_weights_are_half_the_plain_cross_entropy() -> None:
    logit, target = _batch(0)
    target = target.abs()
    plain = F.binary_cross_entropy_with_logits(logit, target.float())
    torch.testing.assert_close(2 * Edges("e", 0.5).loss(logit, target), plain)


def test_no_edge_found_scores_zero() -> None:
    task, (_, target) = Edges("e"), _batch(0)
    measured = task.metrics(task.statistics(torch.full(target.shape, -5.0), target))
    assert (measured["f1"], measured["precision"], measured["recall"]) == (0, 0, 0)


def test_extreme_logits_stay_finite() -> None:
    task, (_, target) = Edges("e"), _batch(0)
    for value in (-1e4, 1e4):
        assert torch.isfinite(task.loss(torch.full(target.shape, value), target))


def test_trivial_is_the_base_rate() -> None:
    target = torch.tensor([1, 0, 0, 0, -1], dtype=torch.int8).view(1, 1, 1, 5)
    assert torch.sigmoid(Edges("e", 0.5).trivial(target)).item() == pytest.approx(0.25)
    assert torch.sigmoid(Edges("e", 0.75).trivial(target)).item() == pytest.approx(0.5)


def test_decoding() -> None:
    raw = np.array([[[0, 1, 255]]], np.uint8)
    np.testing.assert_array_equal(Edges("e", invalid=(255,)).decode(raw, "here"), [[[[0, 1, -1]]]])
    np.testing.assert_array_equal(Edges("e").decode(raw[..., :2].astype(bool), "here"), [[[[0, 1]]]])
    soft = np.array([[[0.2, 0.7, np.nan]]])
    np.testing.assert_array_equal(Edges("e", threshold=0.5).decode(soft, "here"), [[[[0, 1, -1]]]])


def test_edges_are_auxiliary_unless_told_otherwise() -> None:
    assert Edges("e").role == "auxiliary"
    assert make_task("e", {"kind": "edges", "role": "main"}).main


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (
            np.array([[[0, 1, 255]]], np.uint8),
            "x.npz: value 255 where 0 (no edge) and 1 (edge) are allowed "
            "(given: uint8, shape (1, 1, 3), values 0..255); add what marks missing labels to invalid "
            "(invalid: [-1, 255]), or say threshold: T to read values above T as 1",
        ),
        (
            np.zeros((1, 2, 2), bool),
            "x.npz: no pixel is 1 (edge) (given: bool, shape (1, 2, 2), values 0..0); "
            "check the array and the field 'threshold'",
        ),
    ],
)
def test_bad_arrays(raw: np.ndarray, message: str) -> None:
    with pytest.raises(DataError, match=f"^{re.escape(message)}$"):
        Edges("e").decode(raw, "x.npz")


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({"positive_weight": 1}, "tasks.e.positive_weight=1: want a number > 0 and <= 0.9999"),
        ({"threshold": "high"}, "tasks.e.threshold=high: want a number (or null)"),
    ],
)
def test_bad_fields(spec: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError, match=f"^{re.escape(message)}$"):
        make_task("e", {"kind": "edges", **spec})


def test_answers_are_probabilities_above_a_half_where_f1_counts_an_edge() -> None:
    task, (logit, target) = Edges("e"), _batch(4)
    answer = task.answer(logit)
    assert ((answer > 0) & (answer < 1)).all()
    hits = int(((answer > 0.5) & (target[:, 0] == 1)).sum())
    assert task.statistics(logit, target)[1] == hits
    assert task.answer(torch.tensor([[[[-500.0, 0.0, 500.0]]]])).tolist() == [[[0.0, 0.5, 1.0]]]
