"""The patterns that one training is of, where it is that of a supernet; and weights that a training starts from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from spaces.choices import Space
from spaces.common.atomic_files import strict
from spaces.networks.cost import Cost

ESTIMATES = "estimates"  # finding of a supernet's training: metrics by task and key of what its head reads

WEIGHTS = "weights"  # likewise: digest of the file of its weights
TOLD = "told"  # likewise: digest of the estimates


def digest_estimates(table: Mapping[str, Any]) -> str:
    """64 hex characters of estimates, as a file keeps them."""
    return hashlib.sha256(json.dumps(strict(table), sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True)
class Members:
    """Every pattern of a space that is within the limits.

    Args:
        space: that they are drawn from.
        macs: multiply-accumulates of one image, beyond which they are left out, or None.
        params: parameters, likewise.
    """

    space: Space
    macs: float | None = None
    params: float | None = None

    def allow(self, cost: Cost) -> bool:
        """Whether a pattern of this cost is among them."""
        return (self.macs is None or cost.macs <= self.macs) and (self.params is None or cost.params <= self.params)


@dataclass(frozen=True)
class Inherited:
    """Weights that a training starts from.

    Args:
        file: that holds at least the blocks of the pattern, by name.
        training: fingerprint of the training that they come from.
        since: files of trainings that went on from them, and the fingerprints of these, oldest first: what these have
            of the pattern's blocks is newer.
    """

    file: Path
    training: str
    since: tuple[tuple[Path, str], ...] = ()

    @property
    def files(self) -> tuple[Path, ...]:
        """All of them, oldest first."""
        return (self.file, *(file for file, _ in self.since))

    @property
    def trainings(self) -> tuple[str, ...]:
        """Fingerprints of all of them, oldest first."""
        return (self.training, *(training for _, training in self.since))

    def follow(self, file: Path, training: str) -> Inherited:
        """The same and what one more training has made of them."""
        return replace(self, since=(*self.since, (file, training)))
