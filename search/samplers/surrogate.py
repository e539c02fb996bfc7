"""A Gaussian process over features of patterns, scikit-learn's: small data, no gradient to the features needed."""

from __future__ import annotations

import warnings

import numpy as np

FITTED = 150  # observations that hyperparameters are fitted on, evenly spread; all others are conditioned on


def posterior(seen: np.ndarray, values: np.ndarray, asked: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Expected values, and standard deviations of them without the noise of a training.

    A trend and a smooth deviation from it, with one length for all features, and fitted noise: our choice.

    Args:
        seen: (n, features) from 0 to 1, of what was observed.
        values: (n,) observations.
        asked: (m, features).

    Returns:
        (m,) means and (m,) standard deviations.
    """
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import ConstantKernel, DotProduct, Matern, WhiteKernel

    centre, scale = float(values.mean()), float(values.std()) or 1.0
    smooth = ConstantKernel(1.0, (1e-2, 1e2)) * Matern(1.0, (0.1, 30.0), nu=2.5)
    trend = ConstantKernel(1.0, (1e-2, 1e2)) * DotProduct(1.0, (0.1, 10.0))
    chosen = np.unique(np.linspace(0, len(values) - 1, min(FITTED, len(values))).astype(int))
    observed = (values - centre) / scale
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # a hyperparameter at its bound is no harm here
        fitted = GaussianProcessRegressor(smooth + trend + WhiteKernel(0.05, (1e-4, 1.0)))
        kernel = fitted.fit(seen[chosen], observed[chosen]).kernel_
    model = GaussianProcessRegressor(kernel, optimizer=None).fit(seen, observed)
    mean, spread = model.predict(asked, return_std=True)
    noise = kernel.k2.noise_level
    return centre + scale * mean, scale * np.sqrt(np.maximum(spread**2 - noise, 1e-12))
