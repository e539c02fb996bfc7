from __future__ import annotations

import math
import re

import numpy as np
import pytest
import torch
from sklearn.metrics import accuracy_score, f1_score, precision_score, recall_score

from spaces.errors import ConfigError, DataError
from trainers.tasks import Classification, make_task

SIX = Classification("c", 6)


def _batch(seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Logits and truth: class 4 occurs nowhere, class 3 is never predicted, class 5 never true; some are invalid."""
    rng = torch.Generator().manual_seed(seed)
    logits = torch.randn(60, 6, generator=rng)
    logits[:, [3, 4]] = -100
    truth = torch.randint(-1, 4, (60,), generator=rng, dtype=torch.int16)
    logits[range(60), truth.clamp(min=0).long()] += 1
    return logits, truth


@pytest.mark.parametrize("seed", range(5))
def test_metrics_are_those_of_scikit_learn(seed: int) -> None:
    logits, truth = _batch(seed)
    measured = SIX.metrics(SIX.statistics(logits, truth))
    valid = truth >= 0
    true, guess = truth[valid].numpy(), logits[valid].argmax(1).numpy()
    assert 4 not in {*true, *guess} and 3 not in guess and 5 in guess
    macro = {"average": "macro", "zero_division": 0}
    assert measured == pytest.approx(
        {
            "accuracy": accuracy_score(true, guess),
            "precision": precision_score(true, guess, **macro),
            "recall": recall_score(true, guess, **macro),
            "f1": f1_score(true, guess, **macro),
        }
    )


def test_metrics_are_those_of_torchmetrics() -> None:
    classification = pytest.importorskip("torchmetrics.classification")
    logits, truth = _batch(0)
    valid = truth >= 0
    accuracy = classification.MulticlassAccuracy(6, average="micro")
    f1 = classification.MulticlassF1Score(6, average="macro")
    measured = SIX.metrics(SIX.statistics(logits, truth))
    assert measured["accuracy"] == pytest.approx(float(accuracy(logits[valid], truth[valid].long())))
    assert measured["f1"] == pytest.approx(float(f1(logits[valid], truth[valid].long())))


def test_one_broken_valid_prediction_is_no_score() -> None:
    logits, truth = _batch(0)
    truth[0] = -1
    logits[0] = math.nan
    assert SIX.metrics(SIX.statistics(logits, truth))["accuracy"] > 0
    logits[1 + int((truth[1:] >= 0).int().argmax())] = math.nan
    assert all(math.isnan(value) for value in SIX.metrics(SIX.statistics(logits, truth)).values())


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int64, np.float32])
@pytest.mark.parametrize("shape", [(4,), (4, 1)])
def test_decoding_shifts_ids_and_marks_invalid(dtype: type, shape: tuple[int, ...]) -> None:
    task = Classification("c", ("cat", "dog"), first_class=1, invalid=(0,))
    decoded = task.decode(np.array([0, 1, 2, 1], dtype).reshape(shape), "here")
    assert decoded.dtype == np.int16
    np.testing.assert_array_equal(decoded, [-1, 0, 1, 0])


def test_booleans_are_two_classes() -> None:
    np.testing.assert_array_equal(Classification("c", 2).decode(np.array([True, False]), "here"), [1, 0])


def test_answers_are_ids_of_the_array() -> None:
    task = Classification("c", 3, first_class=1)
    assert task.answer(torch.eye(3)).tolist() == [1, 2, 3]


def test_the_trivial_prediction_is_the_frequencies() -> None:
    target = torch.tensor([2, 2, 0, -1, 2], dtype=torch.int16)
    best = Classification("c", 3).trivial(target)
    torch.testing.assert_close(best.exp(), torch.tensor([[0.25, 0.0, 0.75]]), atol=1e-8, rtol=1e-6)
    assert best.isfinite().all()


@pytest.mark.parametrize(
    ("array", "message"),
    [
        ([0, 1, 7, 9], r"class id 7, 9 beyond the 3 classes 0..2 .*add what marks unlabelled images to invalid"),
        ([0.0, 0.5, 1, 1], "class ids are not whole numbers"),
        ([-1, -1, -1, -1], r"no valid image \(invalid values: \[-1\]\)"),
        ([[0, 1], [1, 0]], r"wrong shape .*want one label an image: \(N,\) or \(N, 1\)"),
    ],
)
def test_wrong_arrays_are_refused(array: list, message: str) -> None:
    with pytest.raises(DataError, match=r"^train\.npz: " + message):
        Classification("c", 3).decode(np.array(array), "train.npz")


@pytest.mark.parametrize("classes", [1, 0, ["one"], ["a", "a"], "cat", None, 40_000])
def test_wrong_classes_are_refused(classes: object) -> None:
    with pytest.raises(ConfigError, match=re.escape("tasks.c.classes=")):
        make_task("c", {"kind": "classification", "classes": classes})
