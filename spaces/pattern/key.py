"""The key of a sharing pattern: 16 characters that name its computation graph, so that equal networks are found."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace

from spaces.pattern.block import Block, Gates
from spaces.pattern.interchange import find_group, find_linked_scale, list_exchangeable
from spaces.pattern.stage import Stages
from spaces.pattern.walk import walk


def compute_key(pattern: Stages) -> str:
    """16 hex characters that name the canonical computation graph of a pattern."""
    return _name_outputs(pattern, _Hashes())


def _name_outputs(pattern: Stages, algebra: _Hashes) -> str:
    outputs = walk(pattern, "image", algebra)
    return _hash(*(f"{task}:{values[-1]}" for task, values in sorted(outputs.items())))[:16]


def network_key(pattern: Stages, masks: Mapping[str, Sequence[Mapping[str, str]]]) -> str:
    """16 hex characters that name a static network of a pattern and hard gates, of whose learning nothing is left.

    Networks whose tasks have exchanged their gates, and can (`spaces.pattern.interchange`), have one name. Where an
    encoder splits and a decoder fuses, its groups stand as the target rates have ordered them: there one network may
    have a name for each order.
    """
    key = _name_outputs(pattern, _Pruned())
    return _hash(key, json.dumps(_order_masks(pattern, masks), sort_keys=True))[:16]


def _order_masks(pattern: Stages, masks: Mapping[str, Sequence[Mapping[str, str]]]) -> dict[str, list[dict[str, str]]]:
    """Masks in ascending order among tasks that can be exchanged."""
    ordered = {name: [dict(layer) for layer in layers] for name, layers in masks.items()}
    linked = find_linked_scale(pattern.exchange, pattern.encoder, pattern.decoder)
    for stages, tasks in list_exchangeable(pattern.encoder, pattern.decoder, linked=linked):
        groups = [(stage, find_group(pattern.encoder[stage], tasks[0])) for stage in stages]
        names = [Block("encoder", stage, group, Gates((), mixes=False)).name for stage, group in groups]
        # Tasks that are each alone in their group have no masks.
        layers = [layer for name in names for layer in ordered.get(name, []) if layer.keys() >= set(tasks)]
        rows = sorted([layer[task] for layer in layers] for task in tasks)
        for task, row in zip(tasks, rows, strict=True):
            for layer, mask in zip(layers, row, strict=True):
                layer[task] = mask
    return ordered


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


class _Pruned(_Hashes):
    """The same of networks whose gates have been cut out."""

    def blend(self, block: Block, inputs: tuple[str, ...], outputs: int) -> tuple[str, ...]:
        role = replace(block.role, rates=()) if isinstance(block.role, Gates) else block.role
        return super().blend(replace(block, role=role), inputs, outputs)


def _hash(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
