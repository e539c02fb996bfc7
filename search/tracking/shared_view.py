"""A saved view of MLflow's table of runs: the trials of one search, sensible columns, the best first.

MLflow's pages keep a view that is shared as a tag of the experiment, under a key that an address names.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from search.tracking.children import CONFIRMATION, KIND

if TYPE_CHECKING:
    from mlflow import MlflowClient

TAG = "mlflow.sharedViewState."
USUAL = ("delta_mtl", "worst_delta", "macs", "params", "seconds")
TAGS = ("status", "on_front", "delivered", "mark", "space")
LEAST = ("macs", "params", "latency_ms", "seconds")  # objectives of which less is better, as far as names tell


def make_view(parent: str, objectives: Sequence[str], deltas: Sequence[str]) -> dict[str, Any]:
    """What the pages keep of a view.

    Args:
        parent: run of the search, whose children are shown; confirmations, several of each network, by `kind` alone.
        objectives: names; the first that is no cost sorts.
        deltas: names of the tasks' changes.
    """
    first = next((name for name in objectives if name not in LEAST), objectives[0] if objectives else USUAL[0])
    metrics = dict.fromkeys((first, *objectives, *deltas, *USUAL))
    columns = [*(f"tags.`{name}`" for name in TAGS), *(f"metrics.`{name}`" for name in metrics)]
    return {
        "searchFilter": f"tags.`mlflow.parentRunId` = '{parent}' AND tags.`{KIND}` != '{CONFIRMATION}'",
        "orderByKey": f"metrics.`{first}`",
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
