"""Labels in the layout of answers."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from search.results.labels import arrange_labels
from trainers.data.splits.arrays import Arrays
from trainers.tasks import Task, make_task

IMAGES = np.zeros((2, 4, 6, 3), np.uint8)
CLASSES = make_task("classes", {"kind": "segmentation", "classes": 3, "first_class": 1})
DEPTH = make_task("depth", {"kind": "depth"})
NORMALS = make_task("normals", {"kind": "normals"})
EDGES = make_task("edges", {"kind": "edges"})
DIGIT = make_task("digit", {"kind": "classification", "classes": 10})
LOOKS = make_task("looks", {"kind": "attributes", "attributes": ["thick", "slanted"]})
IMAGE = make_task("image", {"kind": "autoencoder"})
TARGETS = {
    "classes": np.where(np.arange(48).reshape(2, 4, 6) % 5 == 0, -1, 2),
    "depth": np.where(np.arange(48).reshape(2, 1, 4, 6) == 0, 0, 1.5).astype(np.float32),
    "normals": np.stack([np.zeros((2, 4, 6)), np.zeros((2, 4, 6)), np.ones((2, 4, 6))], 1).astype(np.float32),
    "edges": np.where(np.arange(48).reshape(2, 1, 4, 6) == 5, -1, 1).astype(np.int8),
    "digit": np.array([3, -1]),
    "looks": np.array([[0, 1], [-1, 1]], np.int8),
}


@pytest.mark.parametrize("task", [CLASSES, DEPTH, NORMALS, EDGES, DIGIT, LOOKS], ids=lambda task: task.name)
def test_the_layout_is_that_of_answers(task: Task) -> None:
    shape = (2, task.channels, 4, 6) if task.dense else (2, task.channels)
    answer = task.answer(torch.randn(shape)).numpy()
    found = arrange_labels(Arrays(IMAGES, TARGETS), [task])[task.name]
    assert (found.shape, found.dtype) == (answer.shape, answer.dtype)


def test_what_is_not_known_is_marked() -> None:
    found = arrange_labels(Arrays(IMAGES, TARGETS), [CLASSES, DEPTH, EDGES, DIGIT, LOOKS, IMAGE])
    assert "image" not in found
    np.testing.assert_array_equal(found["classes"], np.where(TARGETS["classes"] < 0, -1, 3))
    assert np.flatnonzero(np.isnan(found["depth"])).tolist() == [0]
    assert np.flatnonzero(np.isnan(found["edges"])).tolist() == [5]
    assert found["digit"].tolist() == [3, -1]
    np.testing.assert_array_equal(found["looks"], [[0, 1], [np.nan, 1]])
