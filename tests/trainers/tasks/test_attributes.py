from __future__ import annotations

import math
import re

import numpy as np
import pytest
import torch
from sklearn.metrics import accuracy_score, f1_score, precision_score, recall_score

from spaces.errors import ConfigError, DataError
from trainers.tasks import Attributes, make_task

FIVE = Attributes("a", 5)


def _batch(seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Logits and truth: attribute 3 is never predicted, attribute 4 never true."""
    rng = torch.Generator().manual_seed(seed)
    truth = torch.randint(0, 2, (40, 5), generator=rng, dtype=torch.int8)
    truth[:, 4] = 0
    logits = torch.randn(40, 5, generator=rng) + truth - 0.5
    logits[:, 3] = -1
    return logits, truth


@pytest.mark.parametrize("seed", range(5))
def test_metrics_are_those_of_scikit_learn(seed: int) -> None:
    logits, truth = _batch(seed)
    measured = FIVE.metrics(FIVE.statistics(logits, truth))
    true, guess = truth.numpy(), (logits > 0).int().numpy()
    macro = {"average": "macro", "zero_division": 0}
    assert measured == pytest.approx(
        {
            "accuracy": np.mean([accuracy_score(true[:, c], guess[:, c]) for c in range(5)]),
            "precision": precision_score(true, guess, **macro),
            "recall": recall_score(true, guess, **macro),
            "f1": f1_score(true, guess, **macro),
        }
    )


def test_missing_labels_are_left_out_attribute_by_attribute() -> None:
    logits, truth = _batch(0)
    generator = torch.Generator().manual_seed(1)
    truth[torch.rand(truth.shape, generator=generator) < 0.3] = -1
    truth[:, 2] = -1  # of which nothing is known: it counts in no mean
    measured = FIVE.metrics(FIVE.statistics(logits, truth))
    kept = []
    for column in (0, 1, 3, 4):
        valid = truth[:, column] >= 0
        kept.append((truth[valid, column].numpy(), (logits[valid, column] > 0).int().numpy()))
    assert measured == pytest.approx(
        {
            "accuracy": np.mean([accuracy_score(*pair) for pair in kept]),
            "precision": np.mean([precision_score(*pair, zero_division=0) for pair in kept]),
            "recall": np.mean([recall_score(*pair, zero_division=0) for pair in kept]),
            "f1": np.mean([f1_score(*pair, zero_division=0) for pair in kept]),
        }
    )


def test_the_loss_is_the_binary_cross_entropy() -> None:
    logits, truth = _batch(0)
    expected = torch.nn.functional.binary_cross_entropy_with_logits(logits, truth.float())
    torch.testing.assert_close(FIVE.loss(logits, truth), expected)


def test_one_broken_valid_prediction_is_no_score() -> None:
    logits, truth = _batch(0)
    truth[0, 0] = -1
    logits[0, 0] = math.nan
    assert FIVE.metrics(FIVE.statistics(logits, truth))["accuracy"] > 0
    logits[1, 0] = math.nan
    assert all(math.isnan(value) for value in FIVE.metrics(FIVE.statistics(logits, truth)).values())


@pytest.mark.parametrize("dtype", [bool, np.uint8, np.int64, np.float32])
def test_decoding_reads_any_type(dtype: type) -> None:
    raw = np.array([[0, 1], [1, 1]], dtype)
    decoded = Attributes("a", 2).decode(raw, "here")
    assert decoded.dtype == np.int8
    np.testing.assert_array_equal(decoded, [[0, 1], [1, 1]])


def test_one_attribute_may_stand_alone() -> None:
    np.testing.assert_array_equal(Attributes("a", ("hat",)).decode(np.array([1, 0, -1]), "here"), [[1], [0], [-1]])


def test_the_trivial_prediction_is_the_log_odds() -> None:
    target = torch.tensor([[1, 1, 0, -1], [0, 1, 0, -1], [0, -1, 0, -1]], dtype=torch.int8)
    expected = torch.tensor([[math.log(1 / 2), 20, -20, 0]])
    torch.testing.assert_close(Attributes("a", 4).trivial(target), expected)


@pytest.mark.parametrize(
    ("array", "message"),
    [
        ([[0, 2], [3, 1]], r"value 2, 3 where 0 \(absent\) and 1 \(present\) are allowed .*\(invalid: \[-1, 3\]\)"),
        ([[-1, 1], [1, -1]], "only 1 and -1, which is invalid here: no attribute is ever absent .*write 0 for it"),
        ([[-1, -1]], r"no valid image \(invalid values: \[-1\]\)"),
        ([[0, 1, 0]], r"wrong shape .*want 2 labels an image: \(N, 2\)"),
        ([0, 1], r"wrong shape .*want 2 labels an image: \(N, 2\)"),
    ],
)
def test_wrong_arrays_are_refused(array: list, message: str) -> None:
    with pytest.raises(DataError, match=r"^train\.npz: " + message):
        Attributes("a", 2).decode(np.array(array), "train.npz")


@pytest.mark.parametrize("attributes", [0, [], ["a", "a"], "hat", None])
def test_wrong_attributes_are_refused(attributes: object) -> None:
    with pytest.raises(ConfigError, match=re.escape("tasks.a.attributes=")):
        make_task("a", {"kind": "attributes", "attributes": attributes})
