"""Weights that others have published: read from a file, compared with an encoder, and put into a network.

Between building a network and training it; what is rebuilt after a training does not need the file any more.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import zip_longest

import torch
from torch import Tensor

from spaces.common.formatting import format_list
from spaces.errors import ConfigError
from spaces.networks.build import SharedNetwork
from spaces.networks.family import Family, StartsFromWeights
from spaces.networks.modules.layer import list_layers
from spaces.networks.weights.weight_files import USUAL, list_prefixes, read_weights
from spaces.pattern.block import WHOLE, Gates
from spaces.pattern.walk import list_blocks

SHOWN = 5  # differences that a message names: our choice
SAID: set[str] = set()
"""What was told of files, for they are read again for every training."""
log = logging.getLogger(__name__)
COUNTER = "num_batches_tracked"  # of batch-norm; not in the oldest files, and without effect on what is computed


def load_published(network: SharedNetwork, family: Family) -> None:
    """Start the encoder from the family's published weights, if it has any; in place.

    Every group's block and every branch of a gated stage start from the same weights. Routed stages, decoders and heads
    stay as they are.

    Raises:
        ConfigError: as `fit_names`.
    """
    if not isinstance(family, StartsFromWeights) or family.weights is None:
        return
    weights = fit_names(family)
    for block in list_blocks(network.pattern):
        if block.part != "encoder" or not (block.role is WHOLE or isinstance(block.role, Gates)):
            continue
        source = _make_ghost(family, block.stage)
        source.load_state_dict({name: weights[name] for name in source.state_dict()}, assign=True)
        if block.role is WHOLE:
            network.blocks[block.name].load_state_dict(source.state_dict())
            continue
        for index, layer in enumerate(list_layers(source)):
            for branch in network.gated[block.name].layers(index):
                branch.load_state_dict(layer.state_dict())


def fit_names(family: StartsFromWeights) -> dict[str, Tensor]:
    """The file's weights of the whole encoder, by name.

    They may lie in a dictionary inside the file's, and all their names may begin with words such as ``module.``, which
    is told. The first place and prefix that fit count; others that fit with other values are told.

    Raises:
        ConfigError: the file is missing, damaged, holds other things than tensors, does not fit (with the first five
            differences), or its numbers are none to start from.
    """
    assert family.weights is not None
    wanted: dict[str, Tensor] = {}
    for stage in range(family.encoder_stages):
        wanted |= _make_ghost(family, stage).state_dict()
    tried = [
        _fit(family, wanted, place, prefix, held)
        for place, held in read_weights(family.weights)
        for prefix in list_prefixes(held, wanted)
    ]
    best = min(tried, key=lambda each: len(each.differences))  # the first of equals
    where = f"network.weights={family.weights}{best.told}"
    if best.differences:
        more = f" and {len(best.differences) - SHOWN} more" if len(best.differences) > SHOWN else ""
        raise ConfigError(
            f"{where} does not fit {type(family).__name__}: {', '.join(best.differences[:SHOWN])}{more}. "
            "Want the weights of the same architecture: check the network's depth and widths, or take another file"
        )
    _check_numbers(where, wanted, best.given)
    others = [each.part for each in tried if not each.differences and _differ(wanted, each.given, best.given)]
    if others:
        where += (
            f": {best.part} is taken, and {format_list(dict.fromkeys(others), SHOWN)} would fit, too; to start from "
            "another, save it alone: torch.save(WEIGHTS, FILE)"
        )
    if (best.told or others) and where not in SAID:
        SAID.add(where)
        log.warning("%s", where if others else f"{where}: fits")
    return best.given


def _check_numbers(where: str, wanted: Mapping[str, Tensor], given: Mapping[str, Tensor]) -> None:
    """Refuse weights that no training goes on from.

    Raises:
        ConfigError: some are NaN or infinite, or whole numbers where others are wanted.
    """
    real = [name for name, tensor in wanted.items() if tensor.is_floating_point()]
    if whole := [name for name in real if not given[name].is_floating_point()]:
        raise ConfigError(
            f"{where}: {given[whole[0]].dtype} in {format_list(whole, SHOWN)}, where floating-point numbers are "
            "wanted; take the file from before it was quantised"
        )
    if broken := [name for name in real if not given[name].isfinite().all()]:
        raise ConfigError(
            f"{where}: NaN or infinite numbers in {format_list(broken, SHOWN)}; the training that saved it had "
            "diverged, so take an earlier file of it, or another"
        )


def _differ(wanted: Mapping[str, Tensor], some: Mapping[str, Tensor], others: Mapping[str, Tensor]) -> bool:
    return any(not torch.equal(some[name], others[name]) for name in wanted)


@dataclass(frozen=True)
class _Fitted:
    """Weights of one place in a file, without a prefix: how far they fit, what was done to them and which they are."""

    given: dict[str, Tensor]
    differences: list[str]
    told: str
    part: str


def _fit(
    family: StartsFromWeights, wanted: Mapping[str, Tensor], place: str, prefix: str, held: Mapping[str, Tensor]
) -> _Fitted:
    kept = {name.removeprefix(prefix): tensor for name, tensor in held.items() if name.startswith(prefix)}
    given = family.adapt_weights(kept)
    for name in wanted:
        if name.endswith(COUNTER):
            given.setdefault(name, torch.tensor(0))
    words = [f"its part {place}"] if place not in ("", *USUAL) else []
    words += [f"without the prefix '{prefix}' of its names"] if prefix else []
    words += [f"{len(held) - len(kept)} tensors of other names left out"] if len(kept) < len(held) else []
    part = f"its part '{place}'" if place else "the whole"
    told = f" ({', '.join(words)})" if words else ""
    return _Fitted(given, list_differences(wanted, given), told, f"{part} under '{prefix}'" if prefix else part)


def list_differences(wanted: Mapping[str, Tensor], given: Mapping[str, Tensor]) -> list[str]:
    """Names of tensors that one has and the other has not, or in another shape."""
    missing = [f"{name} is missing" for name in wanted if name not in given]
    unknown = [f"{name} is unknown" for name in given if name not in wanted]
    shapes = [
        f"{name} has shape {tuple(given[name].shape)}, not {tuple(wanted[name].shape)}"
        for name in wanted
        if name in given and given[name].shape != wanted[name].shape
    ]
    # In turns, so that the first few show the file's own names beside those that are wanted.
    return [text for texts in zip_longest(missing, unknown, shapes) for text in texts if text]


def _make_ghost(family: Family, stage: int) -> torch.nn.Module:
    """An encoder block without contents."""
    with torch.device("meta"):
        return family.encoder_block(stage)
