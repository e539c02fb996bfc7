"""All computations of many patterns, each once: the walk's values interned, so that what patterns share is one node.

In a tree of decoders a block's input depends only on the chain of groups that leads to it: T tasks at S stages have
(S+1)^T - 1 chains, whatever the number of their combinations.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from spaces.pattern.block import Block
from spaces.pattern.stage import Stages
from spaces.pattern.walk import walk


@dataclass(frozen=True, eq=False)
class Node:
    """One value that flows; equal computations are one object.

    Args:
        number: in the order in which they were met, from 0, the image; inputs come first.
        key: 12 hex characters that name the computation, whatever patterns were walked before.
        inputs: what it is computed from; none of the image.
        block: what computes it; None of the image, a mean or a join.
        output: which of the block's outputs it is; None of a block that has one.
        joins: whether values without a block are put side by side; their mean is taken otherwise.
    """

    number: int
    key: str
    inputs: tuple[Node, ...] = ()
    block: Block | None = None
    output: int | None = None
    joins: bool = False


@dataclass(frozen=True)
class Computations:
    """The walk's algebra that remembers every value of all patterns it walked.

    Attributes:
        nodes: in order of computation.
    """

    nodes: list[Node] = field(default_factory=lambda: [Node(0, "image")])
    _known: dict[tuple[object, ...], Node] = field(default_factory=dict)

    def walk(self, pattern: Stages) -> Mapping[str, tuple[Node, ...]]:
        """What each task's head reads of a pattern, as `spaces.pattern.walk.walk` gives it."""
        return walk(pattern, self.nodes[0], self)

    def block(self, block: Block, inputs: tuple[Node, ...]) -> Node:
        """The block's output."""
        return self._find(block, inputs)

    def blend(self, block: Block, inputs: tuple[Node, ...], outputs: int) -> tuple[Node, ...]:
        """All outputs of a block of several."""
        return tuple(self._find(block, inputs, output=index) for index in range(outputs))

    def join(self, values: tuple[Node, ...]) -> Node:
        """Channels side by side."""
        return self._find(None, values, joins=True)

    def mean(self, values: tuple[Node, ...]) -> Node:
        """Their mean."""
        return self._find(None, values)

    def _find(
        self, block: Block | None, inputs: tuple[Node, ...], *, output: int | None = None, joins: bool = False
    ) -> Node:
        key = (block, output, joins, *(each.number for each in inputs))
        if key not in self._known:
            text = "|".join([block.computation if block else "", str(output), str(joins), *(n.key for n in inputs)])
            name = hashlib.sha256(text.encode()).hexdigest()[:12]
            self._known[key] = Node(len(self.nodes), name, inputs, block, output, joins)
            self.nodes.append(self._known[key])
        return self._known[key]


def order_depth_first(nodes: Iterable[Node]) -> list[Node]:
    """The nodes in an order in which inputs come first and every branch is followed to its end.

    So little has to be held at a time: in a tree one value a stage.
    """
    readers: dict[int, list[Node]] = {}
    missing: dict[int, int] = {}
    ready: list[Node] = []
    for node in nodes:
        distinct = {each.number for each in node.inputs}
        missing[node.number] = len(distinct)
        for number in distinct:
            readers.setdefault(number, []).append(node)
        if not distinct:
            ready.append(node)
    ordered: list[Node] = []
    while ready:
        node = ready.pop()
        ordered.append(node)
        for reader in reversed(readers.get(node.number, [])):
            missing[reader.number] -= 1
            if not missing[reader.number]:
                ready.append(reader)
    return ordered
