"""Weights that a training starts from instead of those of its seed: of a supernet, or of earlier trainings.

Blocks and heads have names, by the tasks that they serve, so a network takes those it has in common with another one,
the encoder at least, from whichever has trained them last.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import nn

from spaces.errors import DataError


def inherit_weights(network: nn.Module, file: Path, *since: Path) -> None:
    """Load a network's blocks and heads from a file that holds at least these; in place.

    Args:
        network: that starts.
        file: of weights by name.
        since: files of networks that went on from there, oldest first: what one has of these blocks is taken from it.

    Raises:
        DataError: there is no such file, it is damaged, or it lacks blocks of the network, or has them in another size.
    """
    own = network.state_dict()
    wanted = _read(file, own, whole=True)
    for each in since:
        wanted |= _read(each, own, whole=False)
    network.load_state_dict(wanted)


def _read(file: Path, own: Mapping[str, Any], *, whole: bool) -> dict[str, Any]:
    """What a file has of a network's weights; all of them where it must be whole."""
    mend = "remove it, and the same command " + ("trains it again" if whole else "says how it is put back")
    try:
        held: Mapping[str, Any] = torch.load(file, map_location="cpu", weights_only=True)
        found = {name: held[name] for name in own if whole or name in held}
        other = [name for name, each in found.items() if each.shape != own[name].shape]
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
    return found
