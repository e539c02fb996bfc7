from __future__ import annotations

import math

import pytest
import torch

from trainers.tasks.measures.depth import NEAREST, measure_depth

MEASURES = {measure.metric.name: measure for measure in measure_depth(1.25)}


def score(name: str, guess: list[list[float]], truth: list[list[float]]) -> float:
    measure = MEASURES[name]
    prediction, target = (torch.tensor(each)[:, None, None] for each in (guess, truth))  # (B, 1, 1, W)
    assert measure.sums is not None
    return measure.value(torch.zeros(0), measure.sums(prediction, target))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("sq_rel", (1 / 2 + 4 / 4) / 2),
        ("rmse_log", math.sqrt((math.log(3 / 2) ** 2 + math.log(2 / 4) ** 2) / 2)),
        ("within_1.25_squared", 1 / 2),  # 3/2 is within 1.5625, 2 is not
        ("within_1.25_cubed", 1 / 2),  # nor within 1.953
        ("abs_err_m_per_image", (1 + 2) / 2),
        ("rel_per_image", (1 / 2 + 2 / 4) / 2),
    ],
)
def test_by_hand_on_two_pixels(name: str, expected: float) -> None:
    assert score(name, [[3, 2, 50]], [[2, 4, 0]]) == pytest.approx(expected)


def test_means_per_image_weigh_images_alike() -> None:
    guess, truth = [[2, 2, 2], [9, 1, 1], [5, 5, 5]], [[1, 1, 1], [4, 0, 0], [0, 0, 0]]
    assert score("abs_err_m_per_image", guess, truth) == (1 + 5) / 2


@pytest.mark.parametrize("name", MEASURES)
def test_nothing_valid_and_no_numbers_have_no_score(name: str) -> None:
    assert math.isnan(score(name, [[1, 2]], [[0, 0]]))
    assert math.isnan(score(name, [[math.nan, 2]], [[1, 1]]))
    assert math.isfinite(score(name, [[math.nan, 2]], [[0, 1]]))


def test_negative_predictions_are_far_and_finite() -> None:
    assert score("within_1.25_cubed", [[-2.0]], [[2.0]]) == 0
    assert score("rmse_log", [[-2.0]], [[2.0]]) == pytest.approx(math.log(2) - math.log(NEAREST))


def test_the_factor_works_either_way() -> None:
    for guess in (1.5 * 2, 2 / 1.5):
        assert score("within_1.25_squared", [[guess]], [[2.0]]) == 1
