"""Projections onto the dual cone of the tasks' gradients, for the methods of TorchJD that want them.

TorchJD leaves the solver open, and its own choice comes under the GPL; here it is non-negative least squares of SciPy.
"""

from __future__ import annotations

import numpy as np
import torch
from scipy.optimize import nnls
from torch import Tensor
from torchjd.linalg import DualConeProjector, PSDMatrix

FLAT = 1e-12
"""Eigenvalues below this share of the largest are rounding."""


class LeastSquares(DualConeProjector):
    """Quinton and Rey 2024, proposition 1: min v' G v over v >= u, solved for z = v - u >= 0."""

    def __call__(self, U: Tensor, G: PSDMatrix) -> Tensor:
        """Weights of the projections.

        Args:
            U: (..., m) weights of the vectors to project.
            G: (m, m) products of the rows of the Jacobian.

        Returns:
            (..., m).
        """
        sizes, vectors = np.linalg.eigh(_plain(G))
        # Any factor of G does not matter.
        root = np.sqrt(np.where(sizes > FLAT * sizes[-1], sizes, 0) / max(sizes[-1], FLAT))[:, None] * vectors.T
        rows = [row + nnls(root, -root @ row)[0] for row in _plain(U).reshape(-1, len(sizes))]
        return torch.as_tensor(np.array(rows), device=U.device, dtype=U.dtype).reshape(U.shape)


def _plain(tensor: Tensor) -> np.ndarray:
    return tensor.detach().cpu().double().numpy()
