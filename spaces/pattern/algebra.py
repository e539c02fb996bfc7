"""What a walk asks of the values that flow: how blocks, joins and means are evaluated on them."""

from __future__ import annotations

from typing import Protocol, TypeVar

from spaces.pattern.block import Block

V = TypeVar("V")
"""A value that flows: a tensor, a width, a hash, a shape."""


class Algebra(Protocol[V]):
    """What a walk does with the values that flow."""

    def block(self, block: Block, inputs: tuple[V, ...]) -> V:
        """The block's output; a decoder block takes the previous output and, where there is one, a skip."""

    def blend(self, block: Block, inputs: tuple[V, ...], outputs: int) -> tuple[V, ...]:
        """All outputs, each an object of its own, of a block that has several: gates and workspaces."""

    def join(self, values: tuple[V, ...]) -> V:
        """The channels of both branches, shared ones first."""

    def mean(self, values: tuple[V, ...]) -> V:
        """The mean of at least two distinct values."""
