"""Files of weights: read safely, and where in them the weights lie.

Trainings save more than weights: an optimiser, a teacher beside a student, names that begin with what the network was
wrapped in. Nothing is unpickled but tensors and plain values.
"""

from __future__ import annotations

import re
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from spaces.errors import ConfigError
from spaces.networks.weights.content import list_weight_files

USUAL = ("model", "state_dict", "model.state_dict")
"""Places in which weights are so common that nothing is said of it."""
FIRST = (*USUAL[:2], "model_state_dict", "teacher", "student", "backbone", "encoder")
"""Of several places, those that come first; our choice, and then as in the file."""
TRIED = 4  # prefixes that are tried of each place: our choice
DEEPEST = 3  # dictionaries inside each other: our choice


def read_weights(weights: str) -> list[tuple[str, dict[str, Tensor]]]:
    """Tensors by name, from a file of torch's or safetensors' format, or a folder of the latter.

    Returns:
        Every dictionary of tensors in it, with its place, such as "" or "teacher.backbone"; at least one.

    Raises:
        ConfigError: no file, a damaged one, or one that holds other things than tensors by name.
    """
    held: dict[str, Any] = {}
    for file in list_weight_files(weights):
        if file.suffix != ".json":
            held |= _read_safetensors(file, weights) if file.suffix == ".safetensors" else _read_pickle(file, weights)
    if found := list(_list_places(held)):
        return found
    raise ConfigError(
        f"network.weights={weights} holds no tensors by name; want a state dictionary, by itself or under a name such "
        f"as {', '.join(FIRST)}"
    )


def list_prefixes(held: Mapping[str, Tensor], wanted: Mapping[str, Tensor]) -> list[str]:
    """What the names of a file may begin with beside those that are wanted, the likeliest first; "" before all.

    Args:
        held: tensors of one place in the file.
        wanted: those of the encoder.
    """
    ends: Counter[str] = Counter()
    for name in held:
        parts = name.split(".")
        for cut in range(1, len(parts)):
            if ".".join(parts[cut:]) in wanted:
                ends[".".join(parts[:cut]) + "."] += 1
    # What all names begin with, for families that give weights other names.
    common = next(iter(held)).split(".")[:-1]
    for name in held:
        parts = name.split(".")
        common = common[: next((i for i, (a, b) in enumerate(zip(common, parts, strict=False)) if a != b), len(common))]
    shared = [".".join(common[:cut]) + "." for cut in range(len(common), 0, -1)]
    return list(dict.fromkeys(["", *(prefix for prefix, _ in ends.most_common(TRIED)), *shared[:TRIED]]))


def _list_places(held: Any, place: str = "", depth: int = 0) -> Iterator[tuple[str, dict[str, Tensor]]]:
    """The dictionaries of tensors inside each other, the outermost first."""
    if not isinstance(held, Mapping) or depth > DEEPEST:
        return
    named = {name: value for name, value in held.items() if isinstance(name, str)}
    tensors = {name: value for name, value in named.items() if isinstance(value, Tensor)}
    if 2 * len(tensors) >= max(1, len(named)):  # numbers may stand among them
        yield place, tensors
    for name in sorted(named, key=lambda each: FIRST.index(each) if each in FIRST else len(FIRST)):
        yield from _list_places(named[name], f"{place}.{name}".lstrip("."), depth + 1)


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


def _read_pickle(file: Path, weights: str) -> dict[Any, Any]:
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
    return dict(held) if isinstance(held, Mapping) else {}


def _describe_unreadable(weights: str, error: Exception) -> str:
    # Not the error's own words, for torch's advise to unpickle the file without care.
    kind = type(error).__name__
    return f"network.weights={weights} cannot be read ({kind}): it is damaged, or of another format; get it anew"
