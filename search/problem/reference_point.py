"""Where the hypervolume of a run is measured from."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from search.problem.bounds import USUAL, Reference
from search.problem.objectives import DELTA_MTL, LATENCY, MACS, PARAMS, WORST_DELTA, Objective
from spaces.errors import DataError
from trainers.robustness.aims import Aim

NO_AIMS: Mapping[str, Aim] = MappingProxyType({})


def compute_reference_point(
    objectives: Sequence[Objective],
    max_macs: int,
    max_params: int,
    trivial: Mapping[str, float],
    counts: Reference = USUAL,
    aims: Mapping[str, Aim] = NO_AIMS,
    max_latency: float = math.nan,
) -> tuple[float, ...]:
    """The fixed reference point of the hypervolume; what is not better in every objective adds nothing.

    Args:
        objectives: as `resolve` gave them.
        max_macs: multiply-accumulates of the costliest pattern of the space.
        max_params: parameters of the largest one.
        trivial: "<task>.<metric>" -> value of the best constant prediction on the validation split.
        counts: the worst delta, and the worst cost as a multiple of the costliest pattern's.
        aims: numbers of robustness by name.
        max_latency: milliseconds of the slowest pattern that was measured beforehand; NaN where none was.

    Returns:
        One value an objective; of a metric, the trivial predictor's, which no change of the image changes.

    Raises:
        DataError: the trivial predictor's value is missing or not finite.
    """
    fixed = {
        DELTA_MTL.name: counts.delta,
        WORST_DELTA.name: counts.delta,
        MACS.name: counts.cost * max_macs,
        PARAMS.name: counts.cost * max_params,
        LATENCY.name: counts.cost * max_latency,
    }
    for name, aim in aims.items():
        fixed[name] = trivial.get(aim.metric, math.nan) if aim.worst is None else aim.worst
    point = {o.name: fixed.get(o.name, trivial.get(o.name, math.nan)) for o in objectives}
    undefined = [name for name, value in point.items() if not math.isfinite(value)]
    if undefined:
        raise DataError(
            f"the trivial predictor has no {', '.join(undefined)} on the validation split, so there is no "
            "reference point for the hypervolume: check that the split has valid targets, or choose other "
            "objectives"
        )
    return tuple(point.values())
