"""What fresh seeds show of trials' networks, as metrics of the trials' runs beside what the search measured."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from search.tracking.batches import log_batch
from search.tracking.mlflow_values import Point, make_legal

if TYPE_CHECKING:
    from mlflow import MlflowClient

END = ".confirmed"  # of the metrics' names


def find_means(names: Iterable[str]) -> list[str]:
    """Those of these metrics that are means of fresh seeds."""
    return [name for name in names if name.endswith(END)]


def log_means(
    client: MlflowClient, runs: Mapping[int, str], means: Mapping[int, Mapping[str, float]], moment: int
) -> list[str]:
    """Write what has changed, so that a command that is given again adds nothing.

    Args:
        client: of the store.
        runs: of trials, by number; one that is not there is left out.
        means: by number and the metric's name.
        moment: Unix time in milliseconds.

    Returns:
        The metrics' names.
    """
    names: dict[str, None] = {}
    for number in means.keys() & runs.keys():
        run, numbers = runs[number], means[number]
        told = {make_legal(name): float(value) for name, value in numbers.items() if math.isfinite(value)}
        there = client.get_run(run).data.metrics
        log_batch(client, run, [Point(name, v, moment, 0) for name, v in told.items() if there.get(name) != v])
        names |= dict.fromkeys(told)
    return list(names)
