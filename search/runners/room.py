"""How many trainings a cluster holds at a time, counted anew while a search runs: nodes go away and others join."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

PAUSE = 5.0  # seconds between two looks at the cluster: our choice


@dataclass(frozen=True)
class Share:
    """What one training takes of a node.

    Args:
        cpus: at least one's fraction.
        gpus: at least none.
    """

    cpus: float
    gpus: float

    def count(self, node: Mapping[str, float]) -> int:
        """Trainings that a node of such resources holds; each fits on one node or nowhere."""
        cpu, gpu = node.get("CPU", 0.0), node.get("GPU", 0.0)
        return int(min(cpu // self.cpus, gpu // self.gpus if self.gpus else math.inf))


class Room:
    """Places for trainings on the nodes that are up.

    Args:
        share: of one training.
        most: trainings at a time; None for as many as fit.
        list_nodes: asks for the resources of the nodes that are up, one each; None where that is not known now.
        told: is told of another number of places; not of none, for that is how nodes that restart look.
    """

    def __init__(
        self,
        share: Share,
        most: int | None,
        list_nodes: Callable[[], Iterable[Mapping[str, float]] | None],
        told: Callable[[int], None],
    ) -> None:
        self._share, self._most, self._list, self._told = share, most, list_nodes, told
        self._looked, self.places = -math.inf, 0

    def holds(self, running: int) -> bool:
        """Whether one more training fits beside some that run."""
        if time.monotonic() - self._looked >= PAUSE:
            self._count()
        return running < self.places

    def _count(self) -> None:
        before, nodes = self.places, self._list()
        self._looked = time.monotonic()
        if nodes is None:
            return
        fitting = sum(map(self._share.count, nodes))
        self.places = min(fitting, fitting if self._most is None else self._most)
        if self.places not in (0, before):
            self._told(self.places)
