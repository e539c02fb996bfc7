"""Where the hypervolume is measured from: the worst values that count."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from spaces.fields import Fields


@dataclass(frozen=True)
class Reference:
    """The reference point, fixed when a search starts; metrics of tasks count from the trivial predictor's value.

    Args:
        delta: percent, of delta_mtl and worst_delta; our choice (design): no front of interest loses a fifth.
        cost: of multiply-accumulates and parameters, as a multiple of the costliest pattern's, so that this one still
            adds volume; our choice.

    Raises:
        ConfigError: the point would lie inside the front.
    """

    delta: float = -20.0
    cost: float = 1.05
    group: ClassVar[str] = "reference"

    def __post_init__(self) -> None:
        fields = Fields(self)
        fields.number("delta")
        fields.number("cost")
        fields.require(
            not (isinstance(self.delta, (int, float)) and self.delta >= 0),
            f"reference.delta={self.delta}: want a number below 0, or the reference point lies inside the front: "
            "what is as good as single-task networks would not count",
        )
        fields.require(
            not (isinstance(self.cost, (int, float)) and self.cost <= 1),
            f"reference.cost={self.cost}: want a number above 1, or the reference point lies inside the front: the "
            "costliest pattern would not count",
        )
        fields.done()


USUAL = Reference()
