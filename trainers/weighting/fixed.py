"""Fixed weights of the losses, given by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from spaces.errors import ConfigError
from spaces.fields import Fields
from trainers.weighting.equal import Constant
from trainers.weighting.weighting import Balance, Weighting

if TYPE_CHECKING:
    import torch

    from trainers.tasks.task import Task


@dataclass(frozen=True)
class Fixed(Weighting):
    """Losses are added, each times a weight given here, or its task's own where none is.

    Args:
        weights: of losses, by task; greater than 0. Those of tasks that do not train are ignored.

    Raises:
        ConfigError: a weight is no positive number.
    """

    weights: Mapping[str, Any] = field(default_factory=dict, hash=False)
    group: ClassVar[str] = "trainer.weighting"

    def __post_init__(self) -> None:
        fields = Fields(self)
        mapping = isinstance(self.weights, Mapping)
        fields.require(
            mapping, f"trainer.weighting.weights={self.weights}: want weights by task, such as {{depth: 2, normals: 1}}"
        )
        for name, value in self.weights.items() if mapping else ():
            number = isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value < float("inf")
            fields.require(number, f"trainer.weighting.weights.{name}={value}: want a number > 0")
        fields.done()
        object.__setattr__(self, "weights", {str(name): float(value) for name, value in self.weights.items()})

    def check_names(self, known: Sequence[str]) -> None:
        """See that every weight belongs to a task of the data."""
        unknown = [name for name in self.weights if name not in known]
        if unknown:
            raise ConfigError(
                [
                    f"trainer.weighting.weights.{name}: no such task; the tasks are {', '.join(known)}"
                    for name in unknown
                ]
            )

    def begin(self, tasks: Sequence[Task], device: torch.device) -> Balance:
        """Nothing is kept."""
        return Constant({task.name: self.weights.get(task.name, task.weight) for task in tasks})
