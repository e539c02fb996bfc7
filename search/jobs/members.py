"""The patterns that one training is of, where it is that of a supernet; and weights that a training starts from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from search.problem.bounds import Limits
from spaces.choices import Space

ESTIMATES = "estimates"  # finding of a supernet's training: metrics by task and key of what its head reads


@dataclass(frozen=True)
class Members:
    """Every pattern of a space that is within the limits.

    Args:
        space: that they are drawn from.
        limits: those beyond are left out.
    """

    space: Space
    limits: Limits


@dataclass(frozen=True)
class Inherited:
    """Weights that a training starts from.

    Args:
        file: that holds at least the blocks of the pattern, by name.
        training: fingerprint of the training that they come from.
    """

    file: Path
    training: str
