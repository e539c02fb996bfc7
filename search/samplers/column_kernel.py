"""A kernel of scikit-learn on some columns of its input alone."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.gaussian_process.kernels import Kernel


class ColumnKernel(Kernel):
    """Another kernel, which sees a slice of the columns.

    Args:
        kernel: that is asked.
        columns: that it sees.
    """

    def __init__(self, kernel: Kernel, columns: slice) -> None:
        self.kernel, self.columns = kernel, columns

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """As scikit-learn wants them, for cloning."""
        return {"kernel": self.kernel, "columns": self.columns}

    @property
    def hyperparameters(self) -> list[Any]:
        """Those of the kernel."""
        return list(self.kernel.hyperparameters)

    @property
    def theta(self) -> np.ndarray:
        """Logarithms of the kernel's free hyperparameters."""
        return np.asarray(self.kernel.theta)

    @theta.setter
    def theta(self, theta: np.ndarray) -> None:
        self.kernel.theta = theta

    @property
    def bounds(self) -> np.ndarray:
        """Of theta."""
        return np.asarray(self.kernel.bounds)

    def __call__(self, X: np.ndarray, Y: np.ndarray | None = None, eval_gradient: bool = False) -> Any:
        """Covariances of rows."""
        other = None if Y is None else Y[:, self.columns]
        return self.kernel(X[:, self.columns], other, eval_gradient=eval_gradient)

    def diag(self, X: np.ndarray) -> np.ndarray:
        """Variances of rows."""
        return np.asarray(self.kernel.diag(X[:, self.columns]))

    def is_stationary(self) -> bool:
        """As the kernel is."""
        return bool(self.kernel.is_stationary())
