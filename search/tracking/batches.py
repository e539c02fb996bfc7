"""Points, parameters and tags of a run, written to MLflow in as few calls as it takes: each is transactions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING

from search.tracking.mlflow_values import Point, cut_chunks

if TYPE_CHECKING:
    from mlflow import MlflowClient

ENTITIES_A_CALL, PARAMS_A_CALL, TAGS_A_CALL = 1000, 100, 100  # MLflow's limits


def log_batch(
    client: MlflowClient,
    run: str,
    points: Sequence[Point] = (),
    params: Mapping[str, str] | None = None,
    tags: Mapping[str, str] | None = None,
) -> None:
    """Write them; nothing is asked of the store where there are none."""
    from mlflow.entities import Metric, Param, RunTag  # mlflow: in the tracker's thread alone

    names = [Param(name, value) for name, value in (params or {}).items()]
    marks = [RunTag(name, value) for name, value in (tags or {}).items()]
    metrics = [Metric(*point) for point in points]
    room = ENTITIES_A_CALL - PARAMS_A_CALL - TAGS_A_CALL
    for few, some, more in zip_longest(
        cut_chunks(names, PARAMS_A_CALL), cut_chunks(marks, TAGS_A_CALL), cut_chunks(metrics, room), fillvalue=()
    ):
        client.log_batch(run, metrics=more, params=few, tags=some)
