"""Where a search came from, as MLflow shows it: commit, user, source, data."""

from __future__ import annotations

import getpass
import json
import re
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from search.tracking.tracker import HERE, Origin

if TYPE_CHECKING:
    from mlflow import MlflowClient

SOURCE = "search.run"
OF_ALL = ("mlflow.user", "mlflow.source.name", "mlflow.source.type")  # what MLflow's table of runs has columns for
COMMIT, DATA = "mlflow.source.git.commit", "mlflow.data.context"


def find_source(origin: Origin = HERE) -> dict[str, str]:
    """MLflow's own tags of a run, those that are known here: code and user of this process only where it searches."""
    tags = {"mlflow.source.name": SOURCE, "mlflow.source.type": "LOCAL"}
    if not origin.on:
        return tags | ({COMMIT: origin.commit} if origin.commit else {})
    with suppress(OSError, subprocess.SubprocessError):  # no checkout, or no git
        asked = ["git", "rev-parse", "HEAD"]
        told = subprocess.run(asked, cwd=Path(__file__).parent, capture_output=True, text=True, timeout=5, check=True)
        tags[COMMIT] = told.stdout.strip()
    with suppress(OSError, KeyError, ImportError):  # a container without a name for its user
        tags["mlflow.user"] = getpass.getuser()
    return tags


def list_shared(parent: Mapping[str, str], params: Mapping[str, Any]) -> dict[str, str]:
    """Tags of every child run: whose it is, as its parent's tags have it, and what it is filtered by.

    The data set is its parent's alone: for each child MLflow takes another call, 5 ms of CPU as measured.
    """
    return {name: parent[name] for name in OF_ALL if name in parent} | list_parts(params)


def list_parts(params: Mapping[str, Any]) -> dict[str, str]:
    """Tags to filter by, of a search's configuration: space, data, network, sampler."""
    found = {}
    for name in ("space", "data", "network", "sampler"):
        target = dict(params.get(name) or {}).get("_target_", "")
        if target:
            found[name] = re.split(r"[/.]", str(target))[-1]
    return found


def log_data(client: MlflowClient, run: str, params: Mapping[str, Any]) -> None:
    """Name the data set of a run, once."""
    from mlflow.entities import Dataset, DatasetInput, InputTag  # mlflow: in the tracker's thread alone

    parts = dict(params.get("data") or {})
    if not parts or client.get_run(run).inputs.dataset_inputs:
        return
    name = str(parts.get("_target_", "data")).rpartition("/")[2]
    # Of the choice and its options; what files hold is named by the run folder's data_content.
    digest = str(
        params.get("data_content") or sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()[:16]
    )
    where = str(parts.get("root") or name)
    told = Dataset(name=name, digest=digest, source_type="local", source=json.dumps({"uri": where}))
    client.log_inputs(run, datasets=[DatasetInput(told, [InputTag(DATA, "search")])])
