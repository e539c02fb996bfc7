"""The walk through a sharing pattern, its one interpreter: what is evaluated on what.

The forward pass, the network, the key and the cost are the same walk with different values flowing: tensors, widths,
hashes or shapes. So a network computes exactly what its key names and what its cost counts.

Rule of the streams: a block of a group is evaluated once, on one input; where its members' values differ, on the mean
of the distinct ones, skips too. Tasks whose inputs are the same computation hold the same object. An exchange stands in
the neck: decoders read what comes out of it, the encoder goes on with what went in.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Generic

from spaces.pattern.algebra import Algebra, V
from spaces.pattern.block import Block, Gates
from spaces.pattern.mixing import Gated, Routed
from spaces.pattern.stage import Group, Stage, Stages
from spaces.pattern.walk_exchange import walk_exchange
from spaces.pattern.walk_routed import walk_routed


@dataclass(frozen=True)
class Streams(Generic[V]):
    """What flows between stages.

    Args:
        tasks: one value per task; tasks whose inputs are the same computation hold the same object.
        shared: by group, what its shared branch left; read by a stage of the same kind alone.
        kind: of the mixing that left it.
    """

    tasks: dict[str, V]
    shared: dict[Group, V] = field(default_factory=dict)
    kind: str = ""

    def merge(self, group: Group, algebra: Algebra[V]) -> V:
        """The group's one input: the mean of its members' distinct values."""
        values = list_distinct(self.tasks[task] for task in group)
        return values[0] if len(values) == 1 else algebra.mean(values)

    def read_shared(self, group: Group, kind: str, algebra: Algebra[V]) -> V:
        """What a shared branch of this kind reads: what one left for the group, else the group's one input."""
        return self.shared[group] if kind == self.kind and group in self.shared else self.merge(group, algebra)


def walk(pattern: Stages, image: V, algebra: Algebra[V]) -> dict[str, tuple[V, ...]]:
    """Evaluate a pattern on an image.

    Args:
        pattern: what is shared.
        image: the value every task starts from.
        algebra: how blocks and means are evaluated.

    Returns:
        Per task, the outputs of its decoder stages, low resolution to high; heads read them.
    """
    streams = Streams(dict.fromkeys(pattern.tasks, image))
    scales: list[Streams[V]] = []
    for index, stage in enumerate(pattern.encoder):
        follows = pattern.encoder[index + 1] if index + 1 < len(pattern.encoder) else None
        streams = _walk_encoder_stage(index, stage, follows, streams, algebra)
        scales.append(streams)
    skips = [_find_skip(pattern, index) for index in range(len(pattern.decoder))]
    neck = walk_exchange(pattern, [scale.tasks for scale in scales], {*skips, len(scales) - 1}, algebra)
    scales = [Streams(values) for values in neck]
    streams = scales[-1]
    outputs: dict[str, tuple[V, ...]] = dict.fromkeys(pattern.tasks, ())
    for index, (stage, skip) in enumerate(zip(pattern.decoder, skips, strict=True)):
        sources = (streams,) if skip is None else (streams, scales[skip])
        after: dict[str, V] = {}
        for group in stage.groups:
            inputs = tuple(source.merge(group, algebra) for source in sources)
            after.update(dict.fromkeys(group, algebra.block(Block("decoder", index, group), inputs)))
        streams = Streams(after)
        outputs = {task: (*before, streams.tasks[task]) for task, before in outputs.items()}
    return outputs


def list_blocks(pattern: Stages) -> tuple[Block, ...]:
    """Every block that a pattern evaluates, in order of computation."""
    record = _Record([])
    walk(pattern, object(), record)
    return tuple(record.blocks)


def find_skip_scale(stage: int, *, encoder_stages: int, decoder_stages: int) -> int | None:
    """Encoder scale that a decoder stage reads besides the previous output, both counted from 0.

    The last decoder stage reads the first scale, the one before the second, and so on. The deepest scale is where the
    decoder starts, so it is never a skip: with as many decoder as encoder stages, the first decoder stage has none.
    """
    scale = decoder_stages - 1 - stage
    return scale if scale < encoder_stages - 1 else None


def list_distinct(values: Iterable[V]) -> tuple[V, ...]:
    """Values that are different objects, in order of first appearance."""
    return tuple({id(value): value for value in values}.values())


@dataclass(frozen=True)
class _Record:
    """The algebra that only notes what is evaluated; every value is a fresh object."""

    blocks: list[Block]

    def block(self, block: Block, inputs: tuple[object, ...]) -> object:
        self.blocks.append(block)
        return object()

    def blend(self, block: Block, inputs: tuple[object, ...], outputs: int) -> tuple[object, ...]:
        self.blocks.append(block)
        return tuple(object() for _ in range(outputs))

    def join(self, values: tuple[object, ...]) -> object:
        return object()

    def mean(self, values: tuple[object, ...]) -> object:
        return object()


def _find_skip(pattern: Stages, stage: int) -> int | None:
    return find_skip_scale(stage, encoder_stages=len(pattern.encoder), decoder_stages=len(pattern.decoder))


def _walk_encoder_stage(
    index: int, stage: Stage, follows: Stage | None, streams: Streams[V], algebra: Algebra[V]
) -> Streams[V]:
    """One encoder stage: each group by its mixing."""
    after: dict[str, V] = {}
    shared: dict[Group, V] = {}
    kind = stage.mixing.kind
    for group in stage.groups:
        own = {task: streams.tasks[task] for task in group}
        if isinstance(stage.mixing, Routed):
            reads = stage.mixing.flow == "shared" and stage.mixing.ratio > 0
            common = streams.read_shared(group, kind, algebra) if reads else None
            values, left = walk_routed(index, group, stage.mixing, own, common, algebra)
            after.update(values)
            if left is not None:
                shared[group] = left
        elif isinstance(stage.mixing, Gated) and len(group) > 1:
            mixes = follows is not None and follows.mixing.kind == kind and group in follows.groups
            block = Block("encoder", index, group, Gates(stage.mixing.of(group), mixes))
            inputs = (*own.values(), streams.read_shared(group, kind, algebra))
            outputs = algebra.blend(block, inputs, len(group) + mixes)
            after.update(zip(group, outputs[: len(group)], strict=True))
            if mixes:
                shared[group] = outputs[-1]
        else:
            output = algebra.block(Block("encoder", index, group), (streams.merge(group, algebra),))
            after.update(dict.fromkeys(group, output))
    return Streams(after, shared, kind)
