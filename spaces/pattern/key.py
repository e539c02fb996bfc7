"""The key of a sharing pattern: 16 characters that name its computation graph, so that equal networks are found."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Mapping, Sequence

from spaces.pattern.block import Block
from spaces.pattern.stage import Stages
from spaces.pattern.walk import walk


def compute_key(pattern: Stages) -> str:
    """16 hex characters that name the canonical computation graph of a pattern."""
    outputs = walk(pattern, "image", _Hashes())
    return _hash(*(f"{task}:{values[-1]}" for task, values in sorted(outputs.items())))[:16]


def network_key(key: str, masks: Mapping[str, Sequence[Mapping[str, str]]]) -> str:
    """16 hex characters that name a static network: the pattern's key, and the hard gates where there are any."""
    if not masks:
        return key
    plain = {name: [dict(layer) for layer in layers] for name, layers in masks.items()}
    return _hash(key, json.dumps(plain, sort_keys=True))[:16]


class _Hashes:
    """The algebra of keys: a value is the hash of the computation that made it."""

    def block(self, block: Block, inputs: tuple[str, ...]) -> str:
        return sys.intern(_hash(block.computation, *inputs))

    def blend(self, block: Block, inputs: tuple[str, ...], outputs: int) -> tuple[str, ...]:
        whole = _hash(block.computation, *inputs)
        return tuple(sys.intern(_hash(whole, str(index))) for index in range(outputs))

    def join(self, values: tuple[str, ...]) -> str:
        return sys.intern(_hash("join", *values))

    def mean(self, values: tuple[str, ...]) -> str:
        return sys.intern(_hash("mean", *sorted(values)))


def _hash(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
