"""A walk written down as formulas."""

from __future__ import annotations

from spaces.pattern.block import Block


class Written:
    """The algebra of formulas: a value is the text of the computation that made it."""

    def __init__(self) -> None:
        self.blocks: list[str] = []
        self._same: dict[str, str] = {}

    def block(self, block: Block, inputs: tuple[str, ...]) -> str:
        self.blocks.append(block.name)
        return self._one(f"{block.part[0]}{block.stage + 1}{''.join(block.group)}({', '.join(inputs)})")

    def mean(self, values: tuple[str, ...]) -> str:
        return self._one(f"mean({', '.join(values)})")

    def _one(self, formula: str) -> str:
        return self._same.setdefault(formula, formula)
