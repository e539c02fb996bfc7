from __future__ import annotations

import numpy as np
import pytest
import torch

from spaces.errors import DataError
from tests.references import metrics as reference
from trainers.tasks import Autoencoder


def test_metrics_equal_loops() -> None:
    rng = torch.Generator().manual_seed(0)
    guess, target = torch.rand(2, 3, 4, 5, generator=rng), torch.rand(2, 3, 4, 5, generator=rng)
    task = Autoencoder("a")
    measured = task.metrics(task.statistics(guess, target))
    assert measured == pytest.approx(reference.autoencoder(guess.flatten().tolist(), target.flatten().tolist()))
    assert measured["rmse"] == pytest.approx(task.loss(guess, target).item() ** 0.5)


def test_a_perfect_image_has_a_finite_score() -> None:
    image = torch.rand(1, 3, 2, 2)
    assert Autoencoder("a").metrics(Autoencoder("a").statistics(image, image)) == {"rmse": 0, "psnr_db": 100}


def test_the_target_is_the_image_and_the_role_auxiliary() -> None:
    assert Autoencoder("a").target_from_image
    assert Autoencoder("a").role == "auxiliary"


def test_only_images_are_decoded() -> None:
    with pytest.raises(DataError, match=r"^x: wrong dtype .*; want uint8 images; this task needs no array"):
        Autoencoder("a").decode(np.zeros((1, 2, 2, 3)), "x")


def test_answers_are_images_and_no_worse_than_the_prediction() -> None:
    rng = torch.Generator().manual_seed(0)
    task, target, guess = (
        Autoencoder("a"),
        torch.rand(2, 3, 4, 5, generator=rng),
        torch.randn(2, 3, 4, 5, generator=rng),
    )
    answer = task.answer(guess)
    assert 0 <= answer.min() < answer.max() <= 1
    assert task.loss(answer.permute(0, 3, 1, 2), target) < task.loss(guess, target)
