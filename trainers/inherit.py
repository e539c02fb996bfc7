"""Weights that a training starts from instead of those of its seed: of a supernet, or of an earlier training."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import nn

from spaces.errors import DataError


def inherit_weights(network: nn.Module, file: Path) -> None:
    """Load a network's blocks and heads from a file that holds at least these; in place.

    Raises:
        DataError: there is no such file, it is damaged, or it lacks blocks of the network, or has them in another size.
    """
    mend = "remove it, and the same command trains it again"
    try:
        held: Mapping[str, Any] = torch.load(file, map_location="cpu", weights_only=True)
        wanted = {name: held[name] for name in network.state_dict()}
        other = [name for name, each in network.state_dict().items() if each.shape != wanted[name].shape]
    except FileNotFoundError:
        raise DataError(f"{file}: no such file of weights to start from; the same command trains it again") from None
    except KeyError as error:
        raise DataError(
            f"{file}: these weights have no {error.args[0]}, so they are of another space; {mend}"
        ) from None
    except Exception as error:  # what a damaged file raises depends on where it is damaged
        raise DataError(f"{file}: no weights ({type(error).__name__}); it was damaged from outside: {mend}") from error
    if other:
        raise DataError(f"{file}: these weights have another {other[0]}, so they are of another network; {mend}")
    network.load_state_dict(wanted)
