"""Debiased linear centred kernel alignment (CKA): how alike two sets of features of the same images are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from spaces.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

FEWEST = 4  # images; the debiased estimator divides by n - 3
CONSTANT = 1e-24
"""Features whose HSIC with themselves is below this share of the fourth power of their size do not vary: float32 rounds
at 1e-7, which the fourth power brings to 1e-28."""


def cka(x: ArrayLike, y: ArrayLike) -> float:
    """Debiased linear centred kernel alignment of two sets of features of the same images.

    At most 1, about 0 for unrelated features, and by chance below 0. It does not change when the features are shifted,
    scaled or turned.

    Args:
        x: (N, C).
        y: (N, D).

    Raises:
        DataError: fewer than 4 images, or features of another shape, not finite or constant.
    """
    return float(cka_matrix({"x": x, "y": y})[0, 1])


def cka_matrix(features: Mapping[str, ArrayLike]) -> np.ndarray:
    """Debiased linear CKA of every pair: HSIC1(K, L) / sqrt(HSIC1(K, K) HSIC1(L, L)).

    PDF prints the denominator with (K, L) twice; this is the form of Nguyen et al. 2021 and of PDF's code.

    Args:
        features: (N, channels) by name; names stand in messages.

    Returns:
        (T, T) in [-1, 1], symmetric, the diagonal exactly 1.

    Raises:
        DataError: fewer than 4 images, or features of another shape, not finite or constant.
    """
    arrays = {name: np.asarray(values, dtype=np.float64) for name, values in features.items()}
    _check(arrays)
    # CKA does not depend on the scale, but products of four very large or small features would leave float64's range.
    scaled = [values / (np.abs(values).max() or 1.0) for values in arrays.values()]
    hsic = hsic1(scaled)
    own = hsic.diagonal()
    images = len(scaled[0])
    for name, values, variation in zip(arrays, scaled, own, strict=True):
        if not variation > CONSTANT * (np.square(values).sum() / images) ** 2:
            raise DataError(
                f"features of {name} do not vary between the {images} images, so their similarity (CKA) is 0/0: "
                "look for copies among the images, or train the network longer or with a smaller trainer.lr, "
                "for its block may have died"
            )
    similarity = np.clip(hsic / np.sqrt(np.outer(own, own)), -1.0, 1.0)
    np.fill_diagonal(similarity, 1.0)
    return (similarity + similarity.T) / 2  # equal but for rounding


def hsic1(features: Sequence[np.ndarray]) -> np.ndarray:
    """Debiased Hilbert-Schmidt independence criterion of every pair, linear kernel (Song et al. 2012).

    HSIC1(K, L) = [tr(KL) + (1'K1)(1'L1) / ((n-1)(n-2)) - 2 / (n-2) 1'KL1] / (n (n-3)), over the Gram matrices K and L
    of all n images with their diagonals set to 0. It is computed as the product of K and L after centring each, which
    is the same and loses no digits to the difference of large terms.

    Args:
        features: T arrays (n, channels), float64.

    Returns:
        (T, T).
    """
    grams = np.stack([_centred_gram(values).ravel() for values in features])  # (T, n * n)
    n = len(features[0])
    return grams @ grams.T / (n * (n - 3))


def _centred_gram(values: np.ndarray) -> np.ndarray:
    """Gram matrix with zeros on the diagonal and rows that sum to 0."""
    n = len(values)
    centred = values - values.mean(0)  # changes the result by rounding alone, and spares digits
    gram = centred @ centred.T
    np.fill_diagonal(gram, 0.0)
    rows = gram.sum(1) / (n - 2)
    gram -= rows[:, None] + rows - rows.sum() / (n - 1)
    np.fill_diagonal(gram, 0.0)
    return gram


def _check(arrays: Mapping[str, np.ndarray]) -> None:
    for name, values in arrays.items():
        if values.ndim != 2 or not values.shape[1]:
            raise DataError(f"features of {name} have shape {values.shape}: want (images, channels)")
    counts = {name: len(values) for name, values in arrays.items()}
    if len(set(counts.values())) != 1:
        told = ", ".join(f"{name} {count}" for name, count in counts.items())
        raise DataError(f"features of different numbers of images ({told}): want those of the same images, row by row")
    if min(counts.values()) < FEWEST:
        raise DataError(say_too_few(min(counts.values())))
    for name, values in arrays.items():
        if not np.isfinite(values).all():
            raise DataError(
                f"features of {name} are not all finite, so they have no similarity: "
                "train the network with a smaller trainer.lr, or look for extreme values in the data"
            )


def say_too_few(images: int) -> str:
    """What is said of too few images to measure on."""
    return (
        f"{images} images to measure the similarity (CKA) on: "
        f"want at least {FEWEST}, for its debiased estimator divides by images - 3; give more training images"
    )
