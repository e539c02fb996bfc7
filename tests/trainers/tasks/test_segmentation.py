from __future__ import annotations

import re

import numpy as np
import pytest
import torch
from sklearn.metrics import confusion_matrix, jaccard_score

from spaces.errors import ConfigError, DataError
from tests.references import metrics as reference
from trainers.tasks import Segmentation, make_task

SIX = Segmentation("s", 6)


def _batch(seed: int, classes: int = 6, absent: int = 4) -> tuple[torch.Tensor, torch.Tensor]:
    """Logits and truth in which one class never occurs, with invalid pixels."""
    rng = torch.Generator().manual_seed(seed)
    logits = torch.randn(7, classes, 9, 5, generator=rng)
    logits[:, absent] = -100
    truth = torch.randint(-1, classes, (7, 9, 5), generator=rng, dtype=torch.int16)
    truth[truth == absent] = 0
    return logits, truth


@pytest.mark.parametrize("seed", range(5))
def test_metrics_equal_loops_and_sklearn(seed: int) -> None:
    logits, truth = _batch(seed)
    statistics = SIX.statistics(logits, truth)
    measured = SIX.metrics(statistics)
    guesses, truths = logits.argmax(1).flatten().tolist(), truth.flatten().tolist()
    assert measured == pytest.approx(
        reference.segmentation(guesses, [None if label < 0 else label for label in truths], 6)
    )
    valid = [(guess, label) for guess, label in zip(guesses, truths, strict=True) if label >= 0]
    guessed, true = zip(*valid, strict=True)
    np.testing.assert_array_equal(statistics, confusion_matrix(true, guessed, labels=range(6)))
    occurring = [0, 1, 2, 3, 5]
    assert measured["miou"] == pytest.approx(jaccard_score(true, guessed, average="macro", labels=occurring))


def test_miou_is_of_the_split_and_not_the_mean_over_images() -> None:
    task = Segmentation("s", 2)
    truth = torch.tensor([[[0, 0, 0, 0]], [[0, 1, 1, 1]]], dtype=torch.int16)
    logits = torch.zeros(2, 2, 1, 4)
    logits[:, 0] = 1  # class 0 everywhere
    assert task.metrics(task.statistics(logits, truth))["miou"] == pytest.approx((5 / 8 + 0) / 2)


@pytest.mark.parametrize("classes", [6, 13])
def test_the_loss_does_not_depend_on_the_layout_of_the_logits(classes: int) -> None:
    logits, truth = _batch(0, classes)
    found = []
    for layout in (torch.contiguous_format, torch.channels_last):
        given = logits.clone(memory_format=layout).requires_grad_()
        loss = Segmentation("s", classes).loss(given, truth)
        loss.backward()
        assert given.grad is not None and given.grad.is_contiguous(memory_format=layout)
        found.append((loss.detach(), given.grad))
    chosen = logits.log_softmax(1).gather(1, truth.clamp(min=0).long()[:, None])[:, 0]
    torch.testing.assert_close(found[0][0], -chosen[truth >= 0].mean())
    torch.testing.assert_close(found[0], found[1])


def test_decoding_shifts_ids_and_marks_invalid() -> None:
    task = Segmentation("s", 3, first_class=1, invalid=(0, 255))
    raw = np.array([[[0, 1, 2], [3, 255, 1]]], np.uint8)
    decoded = task.decode(raw, "here")
    np.testing.assert_array_equal(decoded, [[[-1, 0, 1], [2, -1, 0]]])
    assert decoded.dtype == np.int16


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int64, np.uint64, np.float32, np.float64])
@pytest.mark.parametrize("shape", [(2, 3, 4), (2, 3, 4, 1), (2, 1, 3, 4)])
def test_decoding_reads_any_number_type_and_layout(dtype: type, shape: tuple[int, ...]) -> None:
    raw = np.arange(24).reshape(shape) % 6
    np.testing.assert_array_equal(SIX.decode(raw.astype(dtype), "here"), (np.arange(24) % 6).reshape(2, 3, 4))


def test_booleans_are_two_classes_and_nan_is_unlabelled() -> None:
    two = Segmentation("s", ["wall", "floor"])
    np.testing.assert_array_equal(two.decode(np.array([[[True, False]]]), "here"), [[[1, 0]]])
    np.testing.assert_array_equal(two.decode(np.array([[[np.nan, 1.0]]]), "here"), [[[-1, 1]]])
    assert two.channels == 2


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (
            np.arange(12, dtype=np.uint8).reshape(1, 2, 2, 3),
            "x.npz: wrong shape (given: uint8, shape (1, 2, 2, 3), values 0..11); want one value a pixel: (N, H, W), "
            "(N, H, W, 1) or (N, 1, H, W); save a picture of colours as grey or with a palette, its ids being the "
            "values",
        ),
        (
            np.array([[[0, 7, 255]]], np.uint8),
            "x.npz: class id 7, 255 beyond the 6 classes 0..5 "
            "(given: uint8, shape (1, 1, 3), values 0..255); "
            "add what marks unlabelled pixels to invalid (invalid: [-1, 255]), raise classes, "
            "say first_class: 1 where ids start at 1, or give each id its class (map: in a specification)",
        ),
        (
            np.array([[[-1, -1, -1]]]),
            "x.npz: no valid pixel (invalid values: [-1]) (given: int64, shape (1, 1, 3), values -1..-1); "
            "check the array and the field 'invalid'",
        ),
        (
            np.array([[[0.5, 1, 2]]]),
            "x.npz: class ids are not whole numbers, such as 0.5 (given: float64, shape (1, 1, 3), values 0.5..2); "
            "want whole class ids: such numbers come of resizing or smoothing (resize masks by nearest neighbour "
            "alone), of dividing by the largest id (multiply by it again), or of no classes (kind: regression); save "
            "whole numbers",
        ),
    ],
)
def test_bad_arrays(raw: np.ndarray, message: str) -> None:
    with pytest.raises(DataError, match=f"^{re.escape(message)}$"):
        SIX.decode(raw, "x.npz")


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({}, "tasks.s.classes: missing, kind 'segmentation' needs it"),
        ({"classes": 1}, "tasks.s.classes=1: want a whole number from 2 to 32767"),
        ({"classes": "wall"}, "tasks.s.classes=wall: want the number of classes, or a list of their names"),
        ({"classes": ["wall"]}, "tasks.s.classes=['wall']: want a list of at least 2 distinct names"),
        ({"classes": 3, "invalid": "void"}, "tasks.s.invalid=void: want a number or a list of numbers"),
        ({"classes": 3, "first_class": -1}, "tasks.s.first_class=-1: want a whole number from 0 to 2147450880"),
    ],
)
def test_bad_fields(spec: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError, match=f"^{re.escape(message)}$"):
        make_task("s", {"kind": "segmentation", **spec})


def test_answers_are_the_ids_of_the_array() -> None:
    task = Segmentation("s", 4, first_class=1, invalid=(0,))
    ids = np.array([[[1, 4, 2], [3, 1, 1]]], np.uint8)
    logits = torch.nn.functional.one_hot(torch.from_numpy(task.decode(ids, "here")).long(), 4).permute(0, 3, 1, 2)
    np.testing.assert_array_equal(task.answer(logits.float()).numpy(), ids)
