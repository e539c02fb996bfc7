"""The simplex equiangular tight frame: vectors of unit length, as far apart from one another as they can all be."""

from __future__ import annotations

import math

import torch
from torch import Tensor


def make_frame(vectors: int, width: int, seed: int) -> Tensor:
    """The frame ``sqrt(K/(K-1)) U (I - 11'/K)``, with K vectors as columns, ``(width, K)``.

    Papyan, Han, Donoho 2020, "Prevalence of neural collapse", definition of the general simplex frame. Products of
    columns are 1 with themselves and -1/(K-1) with each other; the columns add up to 0, so a map by the frame erases
    the mean over the K channels.

    Args:
        vectors: K, from 2 to ``width``.
        width: dimension of the vectors.
        seed: of the orthonormal columns U.
    """
    generator = torch.Generator().manual_seed(seed)
    # In double precision and on the CPU, whatever the device of the network.
    random = torch.rand(width, vectors, generator=generator, dtype=torch.float64, device="cpu")
    columns, _ = torch.linalg.qr(random)
    centred = torch.eye(vectors, dtype=torch.float64, device="cpu") - 1 / vectors
    return (math.sqrt(vectors / (vectors - 1)) * columns @ centred).float()
