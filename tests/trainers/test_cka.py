from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spaces.errors import DataError
from tests.references import similarity as reference
from trainers.cka import cka, cka_matrix, hsic1

X = [[1, 0, 2], [0, 1, 1], [2, 1, 0], [1, 3, 1], [0, 2, 2], [3, 0, 1]]
Y = [[1, 1], [0, 2], [2, 0], [1, 3], [0, 1], [3, 1]]
quick = settings(max_examples=40, deadline=None)  # on busy cores a deadline measures the neighbours


def features(seed: int, images: int = 12, channels: int = 5) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(images, channels))


def test_the_published_estimator_has_its_golden_values() -> None:
    found = hsic1([np.array(X, float), np.array(Y, float)])

    np.testing.assert_allclose(found, [[329 / 90, 28 / 15], [28 / 15, 77 / 30]], rtol=1e-12)
    assert cka(X, Y) == pytest.approx(0.6094040593, abs=1e-10)
    assert reference.biased_cka(np.array(X), np.array(Y)) == pytest.approx(0.7608967151, abs=1e-10)


@quick
@given(
    st.integers(4, 7).flatmap(
        lambda images: st.tuples(
            *[
                st.lists(
                    st.lists(st.integers(-4, 4), min_size=channels, max_size=channels),
                    min_size=images,
                    max_size=images,
                )
                for channels in (2, 3)
            ]
        )
    )
)
def test_it_is_the_average_over_tuples_of_images(both: tuple[list[list[int]], list[list[int]]]) -> None:
    x, y = both
    found = hsic1([np.array(x, float), np.array(y, float)])

    np.testing.assert_allclose(found[0, 1], float(reference.hsic1(x, y)), atol=1e-9)
    if reference.hsic1(x, x) and reference.hsic1(y, y):
        assert cka(x, y) == pytest.approx(reference.cka(x, y), abs=1e-9)
    else:
        with pytest.raises(DataError, match="do not vary"):
            cka(x, y)


@pytest.mark.parametrize("seed", range(5))
def test_it_is_the_cosine_of_centred_grams(seed: int) -> None:
    x, y = features(seed), features(seed + 10, channels=3) + features(seed, channels=3)
    assert cka(x, y) == pytest.approx(reference.centring_cka(x, y), abs=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_shifts_scales_and_turns_change_nothing(seed: int) -> None:
    x = features(seed)
    y = np.tanh(x) + 0.5 * features(seed + 10)
    turn, _ = np.linalg.qr(features(seed + 20, 5, 5))
    expected = cka(x, y)

    for other in (y + 7.0, y @ turn, 1e-30 * y, -1e30 * y, 3 * (y @ turn) - features(seed + 30, 1)):
        assert cka(x, other) == pytest.approx(expected, abs=1e-9)
        assert cka(other, x) == pytest.approx(expected, abs=1e-9)
    assert cka(x, x @ turn) == pytest.approx(1)
    assert cka(x, x) == pytest.approx(1)


def test_unrelated_features_are_not_alike_however_many_channels_they_have() -> None:
    """Where the biased estimator sees similarity."""
    draws = [(features(seed, 60, 200), features(seed + 100, 60, 200)) for seed in range(20)]
    found = [cka(x, y) for x, y in draws]
    assert min(reference.biased_cka(x, y) for x, y in draws) > 0.7
    assert abs(np.mean(found)) < 0.02  # four standard errors
    assert min(found) < 0 < max(found) < 0.1


def test_a_matrix_is_the_pairs() -> None:
    sets = {"a": features(0), "b": features(1) + features(0), "c": features(2, channels=2)}
    found = cka_matrix(sets)

    assert np.array_equal(found, found.T)
    assert np.array_equal(found.diagonal(), np.ones(3))
    assert (abs(found) <= 1).all()
    assert found[0, 1] == pytest.approx(cka(sets["a"], sets["b"]))
    assert found[1, 2] == pytest.approx(cka(sets["b"], sets["c"]))


@pytest.mark.parametrize(
    ("y", "told"),
    [
        (features(0, 3), r"features of different numbers of images \(x 12, y 3\): want those of the same images"),
        (features(0)[0], r"features of y have shape \(5,\): want \(images, channels\)"),
        (features(0, channels=0), r"features of y have shape \(12, 0\)"),
        (np.full((12, 5), 2.5), "features of y do not vary between the 12 images, .* is 0/0: look for copies"),
        (np.zeros((12, 5)), "features of y do not vary"),
        ((3 + 1e-7 * features(0)).astype(np.float32), "features of y do not vary"),
        (np.eye(12, 5)[::-1] * [0, 0, 1, 0, 0] + 0.1, "features of y do not vary"),  # but in one image
        (np.where(features(0) > 1, np.nan, 1), r"features of y are not all finite.*smaller trainer\.lr"),
        (np.where(features(0) > 1, np.inf, 1), "features of y are not all finite"),
    ],
)
def test_features_that_have_no_similarity_are_refused(y: np.ndarray, told: str) -> None:
    with pytest.raises(DataError, match=told):
        cka(features(1), y)


def test_too_few_images_are_refused() -> None:
    with pytest.raises(DataError, match=r"^3 images .* want at least 4, .* give more training images"):
        cka(features(0, 3), features(1, 3))
