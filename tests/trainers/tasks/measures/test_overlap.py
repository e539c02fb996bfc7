from __future__ import annotations

import math

import pytest
import torch

from trainers.tasks.measures.measure import Measure
from trainers.tasks.measures.overlap import measure_overlap

MEASURES = {measure.metric.name: measure for measure in measure_overlap(3, -1)}


def score(name: str, guess: list[list[int]], truth: list[list[int]]) -> float:
    """Of images of one row, a guess by the id of its class."""
    ids, target = torch.tensor(guess), torch.tensor(truth, dtype=torch.int16)[:, None]
    prediction = torch.nn.functional.one_hot(ids, 3).movedim(-1, 1)[:, :, None].double()  # (B, classes, 1, W)
    measure: Measure = MEASURES[name]
    valid = target >= 0
    cells = target.long()[valid] * 3 + ids[:, None][valid]
    usual = torch.bincount(cells, minlength=9).view(3, 3).double()
    return measure.value(usual, measure.sums(prediction, target) if measure.sums else torch.zeros(0))


GUESS, TRUTH = [[0, 0, 1, 1]], [[0, 1, 1, -1]]  # class 0: 1/2, class 1: 1/2, class 2 occurs nowhere


@pytest.mark.parametrize(
    ("name", "expected"),
    [("miou_all", 1 / 3), ("miou_hits", 1 / 2), ("miou_nan", math.nan), ("miou_per_image", 1 / 2)],
)
def test_conventions_differ_in_a_class_that_occurs_nowhere(name: str, expected: float) -> None:
    assert score(name, GUESS, TRUTH) == pytest.approx(expected, nan_ok=True)


def test_a_class_without_a_hit_is_left_out_by_one_convention_alone() -> None:
    guess, truth = [[0, 0, 0, 0]], [[0, 0, 1, 2]]
    assert score("miou_hits", guess, truth) == 1 / 2
    assert score("miou_all", guess, truth) == pytest.approx(1 / 6)
    assert score("miou_hits", [[1, 1]], [[0, 0]]) == 0


def test_every_image_counts_alike_whatever_is_valid_in_it() -> None:
    guess, truth = [[0, 0, 0, 0], [1, 0, 0, 0], [0, 0, 0, 0]], [[0, 0, 0, 0], [0, -1, -1, -1], [-1, -1, -1, -1]]
    assert score("pixel_accuracy_per_image", guess, truth) == 1 / 2
    assert score("miou_per_image", guess, truth) == 1 / 2


@pytest.mark.parametrize("name", MEASURES)
def test_nothing_valid_has_no_score(name: str) -> None:
    assert math.isnan(score(name, [[0, 1]], [[-1, -1]]))


def test_right_everywhere_is_one_in_every_convention() -> None:
    everything = [[0, 1, 2, 0], [1, 2, 0, 1]]
    assert [score(name, everything, everything) for name in MEASURES] == [1] * len(MEASURES)
