from __future__ import annotations

import math

import pytest
import torch

from trainers.tasks.measures.tolerance import DISTANCE, measure_with_tolerance

(MEASURE,) = measure_with_tolerance(-1)


def score(prediction: torch.Tensor, target: torch.Tensor) -> float:
    assert MEASURE.sums is not None
    sums = MEASURE.sums(prediction, target)
    assert len(sums) == MEASURE.size
    return MEASURE.value(torch.zeros(0), sums)


def line(column: int, size: int = 40) -> torch.Tensor:
    target = torch.zeros(1, 1, size, size, dtype=torch.int8)
    target[..., column] = 1
    return target


def logits(target: torch.Tensor) -> torch.Tensor:
    return target.float() * 20 - 10


@pytest.mark.parametrize(("shift", "expected"), [(0, 1.0), (1, 1.0), (-1, 1.0), (2, 0.0), (-2, 0.0)])
def test_an_edge_may_be_a_pixel_off_in_small_images(shift: int, expected: float) -> None:
    assert score(logits(line(20 + shift)), line(20)) == expected


def test_the_tolerance_grows_with_the_diagonal() -> None:
    size = 300
    reach = round(DISTANCE * 2**0.5 * size)
    assert reach == 3
    assert score(logits(line(100 + reach, size)), line(100, size)) == 1
    assert score(logits(line(101 + reach, size)), line(100, size)) == 0


def test_precision_and_recall_both_count() -> None:
    """One of two lines predicted: all that is predicted is right, half of what is true is found."""
    both = line(10) + line(30)
    assert score(logits(line(10)), both) == pytest.approx(2 / 3)
    assert score(logits(both), line(10)) == pytest.approx(2 / 3)


def test_invalid_pixels_are_neither_predicted_nor_true() -> None:
    target = line(20)
    target[..., 30:] = -1
    assert score(logits(line(20) + line(35)), target) == 1
    assert math.isnan(score(logits(line(20)), torch.full_like(target, -1)))
    assert score(logits(torch.zeros_like(target)), torch.zeros_like(target)) == 0


def test_a_diverged_network_has_no_score() -> None:
    broken = logits(line(20))
    broken[0, 0, 0, 0] = math.nan
    assert math.isnan(score(broken, line(20)))
