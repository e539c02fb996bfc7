"""A Gaussian process over features of patterns, scikit-learn's: small data, no gradient to the features needed."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from sklearn.gaussian_process.kernels import Kernel

FITTED = 150  # observations that hyperparameters are fitted on, evenly spread; all others are conditioned on
TOGETHER = 500  # asked at a time, whose kernels stay in a processor's cache: a third less time for thousands
# Before anything is observed, in units of the usual spread between patterns: our choice.
PAIRS, REST, LENGTH, NOISE = 2.0, 0.5, 1.0, 0.1  # variances of both parts, length of the second, variance of noise
SLOPE = 0.3  # variance of the values' slope in a supernet's estimates, by standard deviations of both: our choice
BELIEF = 1.0  # natural logarithms by which each of these may be wrong


def compute_posterior(
    seen: np.ndarray,
    values: np.ndarray,
    asked: np.ndarray,
    usual: float,
    doubt: np.ndarray | None = None,
    foretold: tuple[np.ndarray, np.ndarray] | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Expected values, and standard deviations of them without the noise of a training.

    Every feature has an effect of its own, for pairs of tasks one a stage, and what these leave is smooth; variances,
    length and noise are fitted, with a log-normal prior, for a few trainings tell little of them: our choice.

    Args:
        seen: (n, features) from 0 to 1, of what was observed.
        values: (n,) observations.
        asked: (m, features).
        usual: standard deviation that is usual between patterns, in the values' unit.
        doubt: (n,) standard deviations of observations beyond the noise of a training, or None.
        foretold: (n,) and (m,) estimates of a supernet, or None. The values follow a line in them, whose slope is
            fitted with the rest, and so is how much of it is believed: estimates that tell nothing end with a slope
            of 0.

    Returns:
        (m,) means and (m,) standard deviations.
    """
    from sklearn.gaussian_process import GaussianProcessRegressor  # scikit-learn: 1.3 s, --help does without

    centre = float(values.mean())
    scale = np.sqrt(2.0 / max(1, seen.shape[1]))  # so that patterns are about 1 apart, however many features there are
    prior = _make_prior(seen.shape[1], foretold=foretold is not None)
    if foretold is not None:
        seen, asked = _join(seen, asked, foretold, scale)
    uncertain = np.zeros(len(values)) if doubt is None else (doubt / usual) ** 2
    chosen = np.unique(np.linspace(0, len(values) - 1, min(FITTED, len(values))).astype(int))
    x, y = scale * seen, (values - centre) / usual
    optimiser = _towards(prior.theta)
    fitted = GaussianProcessRegressor(prior, alpha=1e-10 + uncertain[chosen], optimizer=optimiser)
    kernel = fitted.fit(x[chosen], y[chosen]).kernel_
    model = GaussianProcessRegressor(kernel, alpha=1e-10 + uncertain, optimizer=None).fit(x, y)
    parts = np.array_split(scale * asked, math.ceil(len(asked) / TOGETHER) or 1)
    means, spreads = zip(*(model.predict(part, return_std=True) for part in parts), strict=True)
    mean, spread = np.concatenate(means), np.concatenate(spreads)
    return centre + usual * mean, usual * np.sqrt(np.maximum(spread**2 - kernel.k2.noise_level, 1e-12))


def _make_prior(features: int, *, foretold: bool) -> Kernel:
    """What is believed before anything is observed; a supernet's estimates stand in a column behind the features."""
    # scikit-learn, as above
    from sklearn.gaussian_process.kernels import ConstantKernel, DotProduct, Matern, WhiteKernel

    wide = (1e-9, 1e9)
    linear = ConstantKernel(PAIRS, wide) * DotProduct(1e-3, "fixed")
    smooth = ConstantKernel(REST, wide) * Matern(LENGTH, wide, nu=2.5)
    if foretold:
        from search.samplers.column_kernel import ColumnKernel  # scikit-learn, as above

        first, last = slice(0, features), slice(features, features + 1)
        line = ConstantKernel(SLOPE, wide) * DotProduct(1e-3, "fixed")
        linear = ColumnKernel(linear, first) + ColumnKernel(line, last)
        smooth = ColumnKernel(smooth, first)
    return linear + smooth + WhiteKernel(NOISE, wide)


def _join(
    seen: np.ndarray, asked: np.ndarray, foretold: tuple[np.ndarray, np.ndarray], scale: float
) -> tuple[np.ndarray, np.ndarray]:
    """Features and, behind them, the estimates in standard deviations from their mean."""
    every = np.concatenate(foretold)
    centre, spread = float(every.mean()), float(every.std()) or 1.0
    columns = [((each - centre) / spread / scale)[:, None] for each in foretold]  # features are scaled with them later
    return np.hstack([seen, columns[0]]), np.hstack([asked, columns[1]])


def _towards(believed: np.ndarray) -> Callable[..., tuple[np.ndarray, float]]:
    """An optimiser of scikit-learn's likelihood times the prior on the logarithms of the hyperparameters."""
    from scipy.optimize import minimize  # scipy.optimize: 0.2 s, --help does without

    def optimise(objective: Any, start: np.ndarray, bounds: np.ndarray) -> tuple[np.ndarray, float]:
        def penalised(theta: np.ndarray) -> tuple[float, np.ndarray]:
            value, gradient = objective(theta)
            away = (theta - believed) / BELIEF
            return value + 0.5 * float(away @ away), gradient + away / BELIEF

        found = minimize(penalised, start, jac=True, method="L-BFGS-B")
        return found.x, float(found.fun)

    return optimise
