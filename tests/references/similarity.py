"""Similarity by its definitions: sums over tuples of images in exact fractions, and the form that centres the Grams."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import permutations
from math import perm

import numpy as np

Rows = Sequence[Sequence[int]]


def hsic1(x: Rows, y: Rows) -> Fraction:
    """The U-statistic: its three expectations averaged over tuples of different images (Song et al. 2012)."""
    k, l = _gram(x), _gram(y)  # noqa: E741  # the letters of the paper
    n = len(x)
    both = sum(k[i][j] * l[i][j] for i, j in permutations(range(n), 2))
    apart = sum(k[i][j] * l[q][r] for i, j, q, r in permutations(range(n), 4))
    joined = sum(k[i][j] * l[i][q] for i, j, q in permutations(range(n), 3))
    return Fraction(both, perm(n, 2)) + Fraction(apart, perm(n, 4)) - Fraction(2 * joined, perm(n, 3))


def cka(x: Rows, y: Rows) -> float:
    """Debiased CKA of whole numbers."""
    return float(hsic1(x, y)) / float(hsic1(x, x) * hsic1(y, y)) ** 0.5


def centring_cka(x: np.ndarray, y: np.ndarray) -> float:
    """Debiased CKA as the cosine of two Grams without diagonal whose rows are made to sum to 0."""
    return _cosine(_hollow_centred(x), _hollow_centred(y))


def biased_cka(x: np.ndarray, y: np.ndarray) -> float:
    """CKA of Kornblith et al. 2019, which finds similarity where there is only few data."""
    centring = np.eye(len(x)) - 1 / len(x)
    return _cosine(centring @ x @ x.T @ centring, centring @ y @ y.T @ centring)


def _gram(rows: Rows) -> list[list[int]]:
    return [[sum(a * b for a, b in zip(one, other, strict=True)) for other in rows] for one in rows]


def _hollow_centred(x: np.ndarray) -> np.ndarray:
    n = len(x)
    gram = x @ x.T
    gram[np.diag_indices(n)] = 0
    shares = gram.sum(0) / (n - 2)
    shares -= shares.sum() / (2 * (n - 1))
    gram -= shares[:, None] + shares[None, :]
    gram[np.diag_indices(n)] = 0
    return gram


def _cosine(one: np.ndarray, other: np.ndarray) -> float:
    return float((one * other).sum() / np.sqrt((one**2).sum() * (other**2).sum()))
