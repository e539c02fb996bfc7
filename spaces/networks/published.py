"""Weights that others have published: read from a file, compared with an encoder, and put into a network.

Between building a network and training it; what is rebuilt after a training does not need the file any more.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping
from itertools import zip_longest
from pathlib import Path

import torch
from torch import Tensor

from spaces.errors import ConfigError
from spaces.networks.build import SharedNetwork
from spaces.networks.content import list_weight_files
from spaces.networks.family import Family, StartsFromWeights
from spaces.networks.modules.layer import list_layers
from spaces.pattern.block import WHOLE, Gates
from spaces.pattern.walk import list_blocks

WRAPPINGS = ("model", "state_dict")
"""Names under which some files hold the weights, such as DeiT's."""
SHOWN = 5  # differences that a message names: our choice
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

    Raises:
        ConfigError: the file is missing, damaged, holds other things than tensors, or does not fit: with the first five
            differences.
    """
    assert family.weights is not None
    given = family.adapt_weights(read_weights(family.weights))
    wanted: dict[str, Tensor] = {}
    for stage in range(family.encoder_stages):
        wanted |= _make_ghost(family, stage).state_dict()
    for name in wanted:
        if name.endswith(COUNTER):
            given.setdefault(name, torch.tensor(0))
    found = list_differences(wanted, given)
    if found:
        more = f" and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
        raise ConfigError(
            f"network.weights={family.weights} does not fit {type(family).__name__}: {', '.join(found[:SHOWN])}{more}. "
            "Want the weights of the same architecture: check the network's depth and widths, or take another file"
        )
    return given


def read_weights(weights: str) -> dict[str, Tensor]:
    """Tensors by name, from a file of torch's or safetensors' format, or a folder of the latter.

    Raises:
        ConfigError: no file, a damaged one, or one that holds other things than tensors by name.
    """
    held: dict[str, Tensor] = {}
    for file in list_weight_files(weights):
        if file.suffix != ".json":
            held |= _read_safetensors(file, weights) if file.suffix == ".safetensors" else _read_pickle(file, weights)
    return held


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


def _read_safetensors(file: Path, weights: str) -> dict[str, Tensor]:
    try:
        from safetensors import SafetensorError  # of an extra, so it may be absent
        from safetensors.torch import load_file
    except ImportError as error:
        raise ConfigError(
            f"network.weights={weights}: files of this format are read by the package safetensors, which is not "
            "installed; pip install safetensors, or give a file saved by torch"
        ) from error
    try:
        return load_file(file)
    except (SafetensorError, OSError, ValueError) as error:
        raise ConfigError(_describe_unreadable(weights, error)) from error


def _read_pickle(file: Path, weights: str) -> dict[str, Tensor]:
    """What torch has saved; nothing is unpickled but tensors and plain values."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of other pickles than torch's; what is wrong is told below
            held = torch.load(file, map_location="cpu", weights_only=True)
    except Exception as error:  # what a damaged file raises depends on where it is damaged
        foreign = re.search(r"GLOBAL ([\w.]+)", str(error))
        if not foreign:
            raise ConfigError(_describe_unreadable(weights, error)) from error
        raise ConfigError(
            f"network.weights={weights} holds Python objects besides tensors ({foreign[1]}), which could run foreign "
            "code, so it is not loaded; where you trust it, save its tensors alone: "
            "torch.save(model.state_dict(), FILE)"
        ) from error
    for name in WRAPPINGS:
        if isinstance(held, Mapping) and isinstance(held.get(name), Mapping):
            held = held[name]
    if not isinstance(held, Mapping) or not all(isinstance(value, Tensor) for value in held.values()):
        raise ConfigError(
            f"network.weights={weights} holds no tensors by name; want a state dictionary, by itself or under one of "
            f"the names {', '.join(WRAPPINGS)}"
        )
    return dict(held)


def _describe_unreadable(weights: str, error: Exception) -> str:
    # Not the error's own words, for torch's advise to unpickle the file without care.
    kind = type(error).__name__
    return f"network.weights={weights} cannot be read ({kind}): it is damaged, or of another format; get it anew"
