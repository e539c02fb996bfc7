"""A saved view of MLflow's table of runs: the trials of one search, sensible columns, the best first.

MLflow's pages keep a view that is shared as a tag of the experiment, under a key that an address names.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from search.tracking.children import CONFIRMATION, KIND

if TYPE_CHECKING:
    from mlflow import MlflowClient

TAG = "mlflow.sharedViewState."
USUAL = ("delta_mtl", "worst_delta", "macs", "params", "seconds")
TAGS = ("status", "on_front", "delivered", "mark", "space")
LEAST = ("macs", "params", "latency_ms", "seconds")  # objectives of which less is better, as far as names tell


def find_deltas(names: Iterable[str]) -> list[str]:
    """Those of these metrics that are changes of tasks."""
    return [name for name in names if name.endswith(".delta")]


def make_view(
    parent: str, objectives: Sequence[str], deltas: Sequence[str], confirmed: Sequence[str] = ()
) -> dict[str, Any]:
    """What the pages keep of a view.

    Args:
        parent: run of the search, whose children are shown; confirmations, several of each network, by `kind` alone.
        objectives: names; the first that is no cost sorts.
        deltas: names of the tasks' changes.
        confirmed: metrics of fresh seeds; that of the first objective sorts, for what a search measured flatters those
            that it has chosen. Pages put runs without it last.
    """
    first = next((name for name in objectives if name not in LEAST), objectives[0] if objectives else USUAL[0])
    sorting = next((name for name in confirmed if name.startswith(f"{first}.")), first)
    metrics = dict.fromkeys((*confirmed, first, *objectives, *deltas, *USUAL))
    columns = [*(f"tags.`{name}`" for name in TAGS), *(f"metrics.`{name}`" for name in metrics)]
    return {
        "searchFilter": f"tags.`mlflow.parentRunId` = '{parent}' AND tags.`{KIND}` != '{CONFIRMATION}'",
        "orderByKey": f"metrics.`{sorting}`",
        "orderByAsc": first in LEAST,
        "startTime": "ALL",
        "lifecycleFilter": "Active",
        "datasetsFilter": [],
        "modelVersionFilter": "All Runs",
        "selectedColumns": ["attributes.`Created`", "attributes.`Duration`", *columns],
    }


def keep_view(client: MlflowClient, experiment: str, key: str, view: Mapping[str, Any]) -> None:
    """Leave a view under a key, where another one stands there."""
    text = json.dumps(view, sort_keys=True)
    if client.get_experiment(experiment).tags.get(TAG + key) != text:
        client.set_experiment_tag(experiment, TAG + key, text)
