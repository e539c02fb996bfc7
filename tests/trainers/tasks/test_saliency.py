from __future__ import annotations

import math

import pytest
import torch

from trainers.tasks.saliency import BETA, Saliency


def logits(probabilities: list[list[float]]) -> torch.Tensor:
    return torch.tensor(probabilities, dtype=torch.double).logit()[:, None, None]


def target(states: list[list[int]]) -> torch.Tensor:
    return torch.tensor(states, dtype=torch.int8)[:, None, None]


def score(probabilities: list[list[float]], states: list[list[int]], **options: object) -> dict[str, float]:
    task = Saliency("it", **options)  # type: ignore[arg-type]
    return task.metrics(task.statistics(logits(probabilities), target(states)))


def test_the_best_threshold_counts() -> None:
    """Right above 0.3 and only there, so that a threshold of 0.5 would find nothing."""
    assert score([[0.4, 0.1, 0.4, 0.1]], [[1, 0, 1, 0]]) == {"max_f": 1, "max_iou": 1}


def test_means_are_over_images() -> None:
    """One image right, one all wrong: precision and recall are a half each, and so is their F1."""
    found = score([[0.95, 0.01], [0.95, 0.01]], [[1, 0], [0, 1]])
    assert found == pytest.approx({"max_f": 0.5, "max_iou": 0.5})


def test_nothing_there_and_nothing_said_is_agreement() -> None:
    assert score([[0.01, 0.01]], [[0, 0]])["max_iou"] == 1


def test_invalid_pixels_and_images_do_not_count() -> None:
    whole = score([[0.95, 0.01, 0.95], [0.95, 0.95, 0.95]], [[1, 0, -1], [-1, -1, -1]])
    assert whole == {"max_f": 1, "max_iou": 1}
    assert all(map(math.isnan, score([[0.5]], [[-1]]).values()))


def test_over_the_whole_split_recall_weighs_less() -> None:
    found = score([[0.97, 0.01], [0.97, 0.97]], [[1, 1], [0, 1]], measures=["max_f_dataset"])
    both, guessed, true = 2, 3, 3
    assert found["max_f_dataset"] == pytest.approx((1 + BETA) * both / (BETA * true + guessed))


def test_a_diverged_network_has_no_score() -> None:
    assert all(map(math.isnan, score([[math.nan, 0.1]], [[1, 0]]).values()))


def test_it_is_a_main_task() -> None:
    assert Saliency("it").main
