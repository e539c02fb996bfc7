from __future__ import annotations

import numpy as np
import pytest

from trainers.robustness.corruptions.noise import add_gaussian, add_impulse, add_shot, add_speckle

GREY = np.full((2, 64, 64, 3), 0.5, np.float32)


def draws() -> list[np.random.Generator]:
    return [np.random.default_rng(seed) for seed in range(2)]


def test_gaussian_noise_has_its_standard_deviation() -> None:
    noise = add_gaussian(GREY, 0.1, draws()) - GREY
    assert noise.mean() == pytest.approx(0, abs=0.005)
    assert noise.std() == pytest.approx(0.1, rel=0.03)


def test_shot_noise_has_the_variance_of_its_photons() -> None:
    noise = add_shot(GREY, 20, draws()) - GREY
    assert noise.mean() == pytest.approx(0, abs=0.01)
    assert noise.var() == pytest.approx(0.5 / 20, rel=0.05)


def test_impulses_are_black_and_white_in_equal_parts() -> None:
    noisy = add_impulse(GREY, 0.2, draws())
    assert (noisy == 1).mean() == pytest.approx(0.1, abs=0.01)
    assert (noisy == 0).mean() == pytest.approx(0.1, abs=0.01)
    assert ((noisy == 0) | (noisy == 1) | (noisy == 0.5)).all()


def test_speckle_grows_with_the_value() -> None:
    assert add_speckle(GREY, 0.2, draws()).std() == pytest.approx(0.1, rel=0.03)
    assert (add_speckle(0 * GREY, 0.2, draws()) == 0).all()
