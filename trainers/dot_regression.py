"""Dot regression: pulls a class task's tokens towards the vectors of a fixed frame, one a class.

Yang et al. 2022, "Inducing neural collapse in imbalanced learning: do we really need a learnable classifier at the end
of deep neural network?". With a fixed frame there is nothing to push apart, so only the pull is left, and its gradient
does not grow with how often a class occurs. For tasks with classes only; at token level it is our choice.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from spaces.errors import ConfigError


def dot_regression(tokens: Tensor, labels: Tensor, frame: Tensor, size: tuple[int, int], invalid: int) -> Tensor:
    """Half the mean of ``(<token, m_label> - 1)^2`` over tokens with a valid label; 0 where there is none.

    Args:
        tokens: ``(B, h w, width)``, row by row, as `spaces.networks.workspace.Project` gives them; of any length.
        labels: ``(B, H, W)`` class ids.
        frame: ``(width, K)``, one unit vector a column, as `spaces.networks.etf.frame` gives them; K >= classes.
        size: (h, w) of the scale that the tokens are from.
        invalid: id of unlabelled pixels.
    """
    (height, width), (h, w) = labels.shape[-2:], size
    small = labels[:, _centres(height, h, labels.device)[:, None], _centres(width, w, labels.device)].flatten(1).long()
    valid = small != invalid
    wanted = frame.float().T[torch.where(valid, small, 0)]  # (B, h w, width)
    products = (F.normalize(tokens.float(), dim=-1) * wanted).sum(-1)
    errors = torch.where(valid, (products - 1).square(), 0.0)
    return 0.5 * errors.sum() / valid.sum().clamp(min=1)


def check_classes(classes: int, etf: int) -> None:
    """Refuse a frame that has no vector for some class.

    Raises:
        ConfigError: fewer frame vectors than classes.
    """
    if etf < classes:
        raise ConfigError(
            f"etf={etf}: too few frame vectors for dot regression on {classes} classes, which takes one a class; "
            f"want etf >= {classes} (and a width of at least that), or leave dot regression out"
        )


def _centres(pixels: int, cells: int, device: torch.device) -> Tensor:
    """Pixels under the centres of cells; in whole numbers, so that no rounding moves them."""
    return (2 * torch.arange(cells, device=device) + 1) * pixels // (2 * cells)
