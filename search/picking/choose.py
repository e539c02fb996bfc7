"""The member that fits a need best."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from search.picking.conditions import Condition

Values = Mapping[str, float]
"""Of one network, by column."""


@dataclass(frozen=True)
class Aim:
    """What is to be made best of among the networks that fit.

    Args:
        name: of a column.
        largest: whether the largest value is best.
    """

    name: str
    largest: bool

    def cost(self, values: Values) -> float:
        """To be small; infinite where nothing is known."""
        value = values.get(self.name, math.nan)
        return math.inf if math.isnan(value) else -value if self.largest else value


@dataclass(frozen=True)
class Pick:
    """What was chosen.

    Args:
        number: of the trial.
        fitting: how many networks meet all conditions; 0 where the nearest was taken.
        misses: conditions that it does not meet, with by how much.
    """

    number: int
    fitting: int
    misses: tuple[tuple[Condition, float], ...] = ()


def choose_network(networks: Mapping[int, Values], conditions: Sequence[Condition], aim: Aim) -> Pick:
    """The best that meets all conditions, or the one that is nearest to meeting them.

    Nearest: by the sum of what is missed, each in shares of the spread of its column (our choice).

    Args:
        networks: values by number; at least one.
        conditions: all to be met.
        aim: what is best.
    """
    fitting = [n for n, values in networks.items() if all(_holds(each, values) for each in conditions)]
    if fitting:
        return Pick(min(fitting, key=lambda number: (aim.cost(networks[number]), number)), len(fitting))
    spreads = {
        each.name: _spread([values.get(each.name, math.nan) for values in networks.values()]) for each in conditions
    }

    def distance(number: int) -> tuple[float, float, int]:
        values = networks[number]
        missed = (each.miss(values.get(each.name, math.nan)) / spreads[each.name] for each in conditions)
        return sum(missed), aim.cost(values), number

    nearest = min(networks, key=distance)
    values = networks[nearest]
    missed = [(each, each.miss(values.get(each.name, math.nan))) for each in conditions if not _holds(each, values)]
    return Pick(nearest, 0, tuple(missed))


def choose_knee(networks: Mapping[int, Values], aims: Sequence[Aim]) -> Pick:
    """The one nearest to the best of everything, every aim in shares of its range among the networks (our choice).

    Where nothing lies between, all that are best in something are equally near; of these the best by what is to be
    large counts, for sharing is to gain something before it saves something.
    """
    costs = {number: [aim.cost(values) for aim in aims] for number, values in networks.items()}
    known = {number: row for number, row in costs.items() if all(map(math.isfinite, row))} or costs
    best = [min(column) for column in zip(*known.values(), strict=True)]
    spreads = [_spread(list(column)) for column in zip(*known.values(), strict=True)]

    gains = [index for index, aim in enumerate(aims) if aim.largest]

    def distance(number: int) -> tuple[float, list[float], int]:
        parts = zip(known[number], best, spreads, strict=True)
        far = math.hypot(*((cost - least) / spread for cost, least, spread in parts))
        return round(far, 9), [known[number][index] for index in gains], number

    return Pick(min(known, key=distance), len(known))


def _holds(condition: Condition, values: Values) -> bool:
    return condition.holds(values.get(condition.name, math.nan))


def _spread(values: Sequence[float]) -> float:
    finite = [value for value in values if math.isfinite(value)]
    return (max(finite) - min(finite) if finite else 0.0) or 1.0
