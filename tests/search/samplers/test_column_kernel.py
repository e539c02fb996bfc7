"""A kernel of scikit-learn on some columns of its input alone."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import ConstantKernel, DotProduct, Kernel, Matern

from search.samplers.column_kernel import ColumnKernel

RNG = np.random.default_rng(0)
X, Y = RNG.random((6, 4)), RNG.random((3, 4))
SMOOTH = ConstantKernel(0.5) * Matern(0.7, nu=2.5)
LINE = ConstantKernel(2.0) * DotProduct(1e-3, "fixed")


@pytest.mark.parametrize("inner", [SMOOTH, LINE])
@pytest.mark.parametrize("columns", [slice(0, 2), slice(2, 4), slice(3, 4)])
def test_it_is_the_other_kernel_of_those_columns(inner: Kernel, columns: slice) -> None:
    kernel = ColumnKernel(inner, columns)
    assert np.array_equal(kernel(X), inner(X[:, columns]))
    assert np.array_equal(kernel(X, Y), inner(X[:, columns], Y[:, columns]))
    assert np.array_equal(kernel.diag(X), inner.diag(X[:, columns]))
    assert kernel.diag(X) == pytest.approx(np.diag(kernel(X)))
    value, gradient = kernel(X, eval_gradient=True)
    assert np.array_equal(value, kernel(X))
    assert np.array_equal(gradient, inner(X[:, columns], eval_gradient=True)[1])
    assert kernel.is_stationary() == inner.is_stationary()


def test_what_it_does_not_see_changes_nothing() -> None:
    kernel = ColumnKernel(SMOOTH, slice(0, 2))
    other = X.copy()
    other[:, 2:] += 100
    assert np.array_equal(kernel(other), kernel(X))


def test_its_hyperparameters_are_the_kernel_s_and_are_set_through_it() -> None:
    kernel = ColumnKernel(SMOOTH, slice(0, 2))
    assert np.array_equal(kernel.theta, SMOOTH.theta)
    assert np.array_equal(kernel.bounds, SMOOTH.bounds)
    assert [each.name for each in kernel.hyperparameters] == [each.name for each in SMOOTH.hyperparameters]
    other = kernel.clone_with_theta(kernel.theta + 1)
    assert other.theta == pytest.approx(SMOOTH.theta + 1)
    assert np.array_equal(kernel.theta, SMOOTH.theta)  # a clone, not itself
    assert clone(kernel) == kernel
    assert repr(kernel)


def test_a_gradient_is_what_a_small_step_shows() -> None:
    kernel = ColumnKernel(SMOOTH, slice(0, 2)) + ColumnKernel(LINE, slice(2, 4))
    _, gradient = kernel(X, eval_gradient=True)
    for place in range(len(kernel.theta)):
        step = np.zeros(len(kernel.theta))
        step[place] = 1e-6
        ahead, behind = kernel.clone_with_theta(kernel.theta + step)(X), kernel.clone_with_theta(kernel.theta - step)(X)
        assert gradient[:, :, place] == pytest.approx((ahead - behind) / 2e-6, abs=1e-6)


def test_a_process_is_fitted_with_it() -> None:
    kernel = ColumnKernel(SMOOTH, slice(0, 2)) + ColumnKernel(LINE, slice(2, 3))
    values = X[:, 0] + 3 * X[:, 2]
    model = GaussianProcessRegressor(kernel, alpha=1e-6).fit(X, values)
    assert model.predict(X) == pytest.approx(values, abs=0.01)
    assert not np.array_equal(model.kernel_.theta, kernel.theta)
