"""What a walk does with the values that flow."""

from __future__ import annotations

from typing import Any, Protocol

from spaces.pattern.block import Block


class Algebra(Protocol):
    """What a walk does with the values that flow."""

    def block(self, block: Block, inputs: tuple[Any, ...]) -> Any:
        """The block's output; a decoder block takes the previous output and, where there is one, a skip."""

    def blend(self, block: Block, inputs: tuple[Any, ...], outputs: int) -> tuple[Any, ...]:
        """All outputs, each an object of its own, of a block that has several: gates and workspaces."""

    def join(self, values: tuple[Any, ...]) -> Any:
        """The channels of both branches, shared ones first."""

    def mean(self, values: tuple[Any, ...]) -> Any:
        """The mean of at least two distinct values."""
