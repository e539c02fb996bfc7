"""The one interpreter of sharing patterns: what is evaluated on what.

The forward pass, the key and the cost are the same walk with different values flowing: tensors, hashes or shapes. So a
network computes exactly what its key names and what its cost counts.

Rule of the streams: a block of a group is evaluated once, on one input; where its members' values differ, on the mean
of the distinct ones, skips too. Tasks whose inputs are the same computation hold the same object.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

from spaces.pattern import Group, SharingPattern, Stage


@dataclass(frozen=True)
class Block:
    """One evaluated block: where it stands and who shares it.

    Args:
        part: "encoder" or "decoder".
        stage: position in computation order, from 0.
        group: sorted names of the tasks that share it.
    """

    part: str
    stage: int
    group: Group

    @property
    def name(self) -> str:
        """Name of the block's weights, such as ``decoder2/depth+normals``; stages count from 1 here."""
        return f"{self.part}{self.stage + 1}/{'+'.join(self.group)}"


class Algebra(Protocol):
    """What a walk does with the values that flow."""

    def block(self, block: Block, inputs: tuple[Any, ...]) -> Any:
        """The block's output; a decoder block takes the previous output and, where there is one, a skip."""

    def mean(self, values: tuple[Any, ...]) -> Any:
        """The mean of at least two distinct values."""


@dataclass(frozen=True)
class Streams:
    """What flows between stages.

    Args:
        tasks: one value per task; tasks whose inputs are the same computation hold the same object.
        shared: one value per group that carries a shared stream of its own; empty where none does.
    """

    tasks: dict[str, Any]
    shared: dict[Group, Any] = field(default_factory=dict)

    def merged(self, group: Group, algebra: Algebra) -> Any:
        """The group's one input: its shared stream, else the mean of its members' distinct values."""
        if group in self.shared:
            return self.shared[group]
        values = _distinct(self.tasks[task] for task in group)
        return values[0] if len(values) == 1 else algebra.mean(values)


def walk(pattern: SharingPattern, image: Any, algebra: Algebra) -> dict[str, tuple[Any, ...]]:
    """Evaluate a pattern on an image.

    Args:
        pattern: what is shared.
        image: the value every task starts from.
        algebra: how blocks and means are evaluated.

    Returns:
        Per task, the outputs of its decoder stages, low resolution to high; heads read them.
    """
    streams = Streams(dict.fromkeys(pattern.tasks, image))
    scales: list[Streams] = []
    for index, stage in enumerate(pattern.encoder):
        streams = _step("encoder", index, stage, (streams,), algebra)
        scales.append(streams)
    outputs: dict[str, tuple[Any, ...]] = dict.fromkeys(pattern.tasks, ())
    for index, stage in enumerate(pattern.decoder):
        skip = skip_scale(index, encoder_stages=len(scales), decoder_stages=len(pattern.decoder))
        sources = (streams,) if skip is None else (streams, scales[skip])
        streams = _step("decoder", index, stage, sources, algebra)
        outputs = {task: (*before, streams.tasks[task]) for task, before in outputs.items()}
    return outputs


def blocks(pattern: SharingPattern) -> tuple[Block, ...]:
    """Every block that a pattern evaluates, in order of computation."""
    record = _Record([])
    walk(pattern, object(), record)
    return tuple(record.blocks)


def skip_scale(stage: int, *, encoder_stages: int, decoder_stages: int) -> int | None:
    """Encoder scale that a decoder stage reads besides the previous output, both counted from 0.

    The last decoder stage reads the first scale, the one before the second, and so on. The deepest scale is where the
    decoder starts, so it is never a skip: with as many decoder as encoder stages, the first decoder stage has none.
    """
    scale = decoder_stages - 1 - stage
    return scale if scale < encoder_stages - 1 else None


def computation_key(pattern: SharingPattern) -> str:
    """16 hex characters that name the canonical computation graph of a pattern."""
    outputs = walk(pattern, "image", _Hashes())
    return _hash(*(f"{task}:{values[-1]}" for task, values in sorted(outputs.items())))[:16]


class _Hashes:
    """The algebra of keys: a value is the hash of the computation that made it."""

    def block(self, block: Block, inputs: tuple[str, ...]) -> str:
        return sys.intern(_hash(block.name, *inputs))

    def mean(self, values: tuple[str, ...]) -> str:
        return sys.intern(_hash("mean", *sorted(values)))


@dataclass(frozen=True)
class _Record:
    """The algebra that only notes what is evaluated; every value is a fresh object."""

    blocks: list[Block]

    def block(self, block: Block, inputs: tuple[object, ...]) -> object:
        self.blocks.append(block)
        return object()

    def mean(self, values: tuple[object, ...]) -> object:
        return object()


def _hash(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _step(part: str, index: int, stage: Stage, sources: tuple[Streams, ...], algebra: Algebra) -> Streams:
    """One stage with shared blocks: each group's block once, its output handed to all members."""
    after: dict[str, Any] = {}
    for group in stage.groups:
        inputs = tuple(source.merged(group, algebra) for source in sources)
        output = algebra.block(Block(part, index, group), inputs)
        after.update(dict.fromkeys(group, output))
    return Streams(after)


def _distinct(values: Iterable[Any]) -> tuple[Any, ...]:
    """Values that are different objects, in order of first appearance."""
    return tuple({id(value): value for value in values}.values())
