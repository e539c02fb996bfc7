"""Mirrors a search in MLflow: a parent run for the search, a nested child run a trial.

The driver is the only writer, through the background thread of `search.tracking.tracker`. MLflow is imported here
alone, and only in that thread.
"""

from __future__ import annotations

import logging
import math
import os
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from search.jobs.trial import COMPLETE, FAILED, PRUNED
from search.tracking import mlflow_values as records
from search.tracking import store_uri as address
from search.tracking.tracker import BackgroundTracker, SilentTracker, Tracker
from spaces.errors import ConfigError
from spaces.fields import Fields

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run

    from search.jobs.trial import Trial

EXPERIMENT = "automl-mtl-sharing"
SEARCH_ID, NUMBER, PARENT, NOTE = "search.id", "search.trial", "mlflow.parentRunId", "mlflow.note.content"
STATUS = {COMPLETE: "FINISHED", FAILED: "FAILED", PRUNED: "KILLED"}  # of a trial in MLflow's words
METRICS_A_CALL, PARAMS_A_CALL = 1000, 100  # MLflow's limits


@dataclass(frozen=True)
class NoTracking:
    """No record beside the run folder."""

    group: ClassVar[str] = "tracking"

    def check(self) -> None:
        """Nothing can be wrong."""

    def tracker(self, runs: Path) -> Tracker:
        """A tracker that does nothing."""
        return SilentTracker()


@dataclass(frozen=True)
class Mlflow:
    """A record in MLflow.

    Args:
        uri: tracking store; empty for $MLFLOW_TRACKING_URI and, without that, `mlflow.db` in the folder of
            all runs.
        experiment: holds the runs; empty for "automl-mtl-sharing".

    Raises:
        ConfigError: the store is of a kind that MLflow no longer takes, such as a folder.
    """

    group: ClassVar[str] = "tracking"

    uri: str | None = ""
    experiment: str | None = ""

    def __post_init__(self) -> None:
        for name in ("uri", "experiment"):  # null in YAML
            object.__setattr__(self, name, "" if getattr(self, name) is None else getattr(self, name))
        fields = Fields(self)
        fields.text("uri", empty=True)
        fields.text("experiment", empty=True)
        if isinstance(self.uri, str) and self.uri:
            problem = address.find_problem("tracking.uri", self.uri)
            fields.require(not problem, problem)
        fields.done()

    def check(self) -> None:
        """See that the store is of a kind that MLflow takes; MLflow itself is not imported.

        Raises:
            ConfigError: $MLFLOW_TRACKING_URI, which counts where no ``uri`` is given, names another kind.
        """
        uri = os.environ.get("MLFLOW_TRACKING_URI", "")
        if not self.uri and uri and (problem := address.find_problem("MLFLOW_TRACKING_URI", uri)):
            raise ConfigError(problem)

    def tracker(self, runs: Path) -> Tracker:
        """The tracker of one search.

        Args:
            runs: folder of all runs, for the default store and for artifacts.

        Raises:
            ConfigError: see `check`.
        """
        self.check()
        runs = runs.resolve()
        given = self.uri or os.environ.get("MLFLOW_TRACKING_URI", "")
        uri = address.make_absolute(given) if given else address.sqlite(runs / "mlflow.db")
        connect = partial(_connect, uri, self.experiment or EXPERIMENT, runs)
        return BackgroundTracker(connect, f"MLflow at {address.hide_password(uri)}", address.view_command(uri))


class _Record:
    """The parent run of a search and what is known to be in it; used in the thread alone."""

    def __init__(self, client: MlflowClient, experiment: str, parent: Run) -> None:
        self._client = client
        self._experiment = experiment
        self._parent = parent.info.run_id
        steps = client.get_metric_history(self._parent, "hypervolume")
        self._steps = {point.step for point in steps}
        self._status: dict[int, str] = {}
        for child in _runs_with(client, experiment, PARENT, self._parent):
            if NUMBER not in child.data.tags:  # somebody else's
                continue
            number = int(child.data.tags[NUMBER])
            if child.info.status in STATUS.values() and number not in self._status:
                self._status[number] = child.info.status
            else:  # begun by a driver that died, or by a write that failed, before it was whole
                client.delete_run(child.info.run_id)

    def log(self, trial: Trial) -> None:
        if trial.number in self._status:
            return
        start, end = records.span(trial)
        tags = {
            PARENT: self._parent,
            NUMBER: str(trial.number),
            "search.key": trial.key,
            "search.node": trial.node,
        }
        if trial.reason:
            tags["reason"] = trial.reason
        run = self._client.create_run(self._experiment, start, tags, f"trial {trial.number}").info.run_id
        self._log_params(run, records.params(trial))
        self._log_points(run, records.points(trial))
        status = STATUS[trial.status]
        self._client.set_terminated(run, status, end)
        self._status[trial.number] = status
        self._log_points(self._parent, self._counts())

    def hypervolume(self, step: int, value: float) -> None:
        if step not in self._steps and math.isfinite(value):
            self._log_points(self._parent, [records.Point("hypervolume", float(value), _now(), step)])
            self._steps.add(step)

    def close(self, status: str, artifacts: Sequence[Path], metrics: Mapping[str, float], note: str) -> None:
        step = len(self._status)
        finite = {name: value for name, value in metrics.items() if math.isfinite(value)}
        points = [records.Point(records.legal(name), float(value), _now(), step) for name, value in finite.items()]
        self._log_points(self._parent, points)
        self._log_files([path for path in artifacts if path.is_file()])
        if note:
            self._client.set_tag(self._parent, NOTE, note)
        self._client.set_terminated(self._parent, status)

    def reopen(self, tags: Mapping[str, str], params: Mapping[str, str]) -> None:
        """Bring tags and parameters up to date and say that it runs; what is the same is not written."""
        data = self._client.get_run(self._parent).data
        new = {name: value for name, value in params.items() if name not in data.params}
        self._log_params(self._parent, new)
        # MLflow never changes a parameter; a tag beside its first value tells of one that did, e.g. trials.
        later = {f"resumed.{name}": value for name, value in params.items()}
        first = {f"resumed.{name}": value for name, value in {**params, **data.params}.items()}
        changed = {name: v for name, v in later.items() if v != data.tags.get(name, first[name])}
        for name, value in {**tags, **changed}.items():
            if data.tags.get(name) != value:
                self._client.set_tag(self._parent, name, value)
        self._client.update_run(self._parent, status="RUNNING")

    def _counts(self) -> list[records.Point]:
        ended = list(self._status.values())
        counts = {f"trials.{name}": ended.count(status) for name, status in STATUS.items()}
        return [records.Point(name, float(count), _now(), len(ended)) for name, count in counts.items()]

    def _log_params(self, run: str, params: Mapping[str, str]) -> None:
        from mlflow.entities import Param

        for chunk in records.chunks([Param(name, value) for name, value in params.items()], PARAMS_A_CALL):
            self._client.log_batch(run, params=chunk)

    def _log_points(self, run: str, points: Sequence[records.Point]) -> None:
        from mlflow.entities import Metric

        for chunk in records.chunks([Metric(*point) for point in points], METRICS_A_CALL):
            self._client.log_batch(run, metrics=chunk)

    def _log_files(self, files: Sequence[Path]) -> None:
        if not files:
            return
        root = Path(os.path.commonpath([path.parent for path in files]))
        for path in files:
            top, *below = (*path.parent.relative_to(root).parts, "")
            # A name of its own at each resume, or members that have left the front would stay in its folder.
            top = top and f"{top} after {len(self._status)} trials"
            self._client.log_artifact(self._parent, str(path), "/".join([top, *below]).rstrip("/") or None)


def _connect(
    uri: str,
    experiment: str,
    runs: Path,
    run_name: str,
    search_id: str,
    params: Mapping[str, Any],
    resume_command: str,
) -> _Record:
    """Open the store and the search's parent run in it, made where missing; raises whatever goes wrong."""
    # A server that is down is to be noticed in seconds, not in the minutes of MLflow's own defaults.
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "2")
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", "20")
    # With a server, MLflow prints two lines for every run it ends.
    os.environ.setdefault("MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT", "true")
    from mlflow import MlflowClient

    for chatty in ("mlflow", "alembic"):  # after the import, which sets them
        logging.getLogger(chatty).setLevel(logging.WARNING)
    logging.getLogger("urllib3").setLevel(logging.ERROR)  # it warns of every attempt to reach a server
    with _alone_with(uri):
        client = MlflowClient(tracking_uri=uri, registry_uri=uri)
        location = None if address.is_server(uri) else (runs / "mlartifacts").as_uri()
        experiment_id = _experiment(client, experiment, location)
    tags = {SEARCH_ID: search_id, "resume_command": resume_command, "mlflow.source.name": "search.run"}
    found = _runs_with(client, experiment_id, SEARCH_ID, search_id)
    parent = found[-1] if found else client.create_run(experiment_id, tags=tags, run_name=run_name)
    record = _Record(client, experiment_id, parent)
    record.reopen(tags, records.flat(params))
    return record


def _experiment(client: MlflowClient, name: str, location: str | None) -> str:
    from mlflow.exceptions import MlflowException

    found = client.get_experiment_by_name(name)
    if found is None:
        try:
            return client.create_experiment(name, artifact_location=location)
        except MlflowException as error:  # another search was quicker
            if error.error_code != "RESOURCE_ALREADY_EXISTS":
                raise
            found = client.get_experiment_by_name(name)
    if found is None or found.lifecycle_stage != "active":
        raise RuntimeError(f"its experiment '{name}' was deleted; restore it or set tracking.experiment to another")
    return found.experiment_id


def _runs_with(client: MlflowClient, experiment: str, tag: str, value: str) -> list[Run]:
    """All runs that are not deleted and have the tag, newest first."""
    found: list[Run] = []
    token = None
    while True:
        page = client.search_runs([experiment], f"tags.`{tag}` = '{value}'", max_results=1000, page_token=token)
        found.extend(page)
        token = page.token
        if not token:
            return found


@contextmanager
def _alone_with(uri: str) -> Iterator[None]:
    """Keep other searches off an SQLite store: two that create one at the same time break its schema."""
    path = address.sqlite_file(uri)
    if path is None:
        yield
        return
    from filelock import FileLock

    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{path}.lock", timeout=60):
        if path.exists():  # MLflow would try again and again for minutes with a file that is no database
            with closing(sqlite3.connect(path, timeout=10)) as connection:
                connection.execute("PRAGMA schema_version")
        yield


def _now() -> int:
    return int(1000 * time.time())
