"""The record of a search in MLflow: a parent run for the search, a nested child run a trial or other training."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from search.jobs.trial import COMPLETE, FAILED, PRUNED
from search.tracking import mlflow_values
from search.tracking.batches import log_batch
from search.tracking.children import FINAL, KIND, NUMBER, TRAINING, TRIAL, Lacking, name_kind, name_training, name_trial
from search.tracking.confirmed_means import find_means, log_means
from search.tracking.front_tags import AT_FIRST, FINAL_AT_FIRST, FrontTags
from search.tracking.live_children import LiveChildren
from search.tracking.logged_models import list_exports, log_export
from search.tracking.mlflow_store import find_runs, open_store
from search.tracking.shared_view import find_deltas, keep_view, make_view
from search.tracking.source import find_source, list_parts, list_shared, log_data
from search.tracking.system_load import SystemLoad
from search.tracking.tracker import HERE, Origin

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run

    from search.jobs.heartbeat import Beat
    from search.jobs.trial import Trial
    from search.tracking.tracker import Training

SEARCH_ID, PARENT, NOTE = "search.id", "mlflow.parentRunId", "mlflow.note.content"
STATUS = {COMPLETE: "FINISHED", FAILED: "FAILED", PRUNED: "KILLED"}  # of a trial in MLflow's words
MAX_TAG = 8000  # characters of a tag's value, MLflow's limit


def open_record(
    uri: str,
    experiment: str,
    runs: Path,
    run_name: str,
    search_id: str,
    params: Mapping[str, Any],
    resume_command: str,
    origin: Origin = HERE,
) -> MlflowRecord:
    """Open the store and the search's parent run in it, made where missing; raises whatever goes wrong."""
    client, experiment_id = open_store(uri, experiment, runs)
    tags = {SEARCH_ID: search_id}
    if resume_command:  # a command that only adds to a run leaves the one that goes on with it
        tags["resume_command"] = resume_command
    found = find_runs(client, experiment_id, SEARCH_ID, search_id)
    first, start = {**tags, **find_source(origin), **list_parts(params)}, int(1000 * origin.began) or None
    parent = found[-1] if found else client.create_run(experiment_id, start, first, run_name)
    shared = list_shared(parent.data.tags, params)
    record = MlflowRecord(client, experiment_id, parent, shared, list(params.get("objectives") or ()))
    record.reopen(tags, mlflow_values.flatten(params), on=origin.on)
    log_data(client, parent.info.run_id, params)
    record.keep_view()
    if resume_command and origin.on:
        record.watch_system(parent.info.start_time)
    return record


class MlflowRecord:
    """The parent run of a search and what is known to be in it; used in the thread alone."""

    def __init__(
        self, client: MlflowClient, experiment: str, parent: Run, shared: Mapping[str, str], objectives: Sequence[str]
    ) -> None:
        self._client = client
        self._shared, self._objectives = dict(shared), list(objectives)
        self._deltas: list[str] = []
        self._confirmed: list[str] = []
        self._runs: dict[int, str] = {}
        self._front = FrontTags(client)
        self._experiment = experiment
        self._parent = parent.info.run_id
        # How it ended, until something is added; and where the search is not on, when the last thing in it did.
        self._before: tuple[str, int | None] = (parent.info.status, parent.info.end_time)
        self._on, self._last = True, parent.info.end_time or 0
        self._steps = {point.step for point in client.get_metric_history(self._parent, "hypervolume")}
        counts = client.get_metric_history(self._parent, f"trials.{COMPLETE}")
        self._counted = max((point.step for point in counts), default=0)  # trials, when last told
        self._status: dict[int, str] = {}
        self._trainings: dict[str, str] = {}
        self._lacking = Lacking()
        self._load: SystemLoad | None = None
        self._live = LiveChildren(client, experiment, {PARENT: self._parent, **shared})
        for child in find_runs(client, experiment, PARENT, self._parent):
            self._find_child(child)

    def _find_child(self, child: Run) -> None:
        """Take up one that is whole; delete what is not, or is there twice."""
        tags = child.data.tags
        if not (kind := name_kind(tags)):  # somebody else's
            return
        number, identity = int(tags.get(NUMBER, -1)), tags.get(TRAINING, "")
        known = number in self._status if kind == TRIAL else identity in self._trainings
        if child.info.status not in STATUS.values() or known:
            # Begun by a driver that died, or by a write that failed, before it was whole.
            self._client.delete_run(child.info.run_id)
            return
        self._lacking.keep(child)
        self._last = max(self._last, child.info.end_time or 0)
        if KIND not in tags:  # of an earlier version; the saved view asks for it
            self._client.set_tag(child.info.run_id, KIND, kind)
        if kind == TRIAL:
            self._find_trial(number, child)
        else:
            self._trainings[identity] = child.info.run_id
            if kind == FINAL:
                self._front.keep_final(identity, child.info.run_id, tags)

    def _find_trial(self, number: int, child: Run) -> None:
        self._status[number] = child.info.status
        self._runs[number] = child.info.run_id
        self._front.keep_trial(number, child.info.run_id, child.data.tags)
        self._deltas = self._deltas or find_deltas(child.data.metrics)
        self._confirmed = self._confirmed or find_means(child.data.metrics)

    @property
    def key(self) -> str:
        """Of the saved view of this search."""
        return f"search-{self._parent}"

    def keep_view(self) -> None:
        """Save the view of this search's trials, with columns of their tasks once these are known."""
        view = make_view(self._parent, self._objectives, self._deltas, self._confirmed)
        keep_view(self._client, self._experiment, self.key, view)

    @property
    def pages(self) -> tuple[str, ...]:
        """See `Record.pages`; without the query MLflow 3 shows an empty page, that of language models."""
        runs, query = f"#/experiments/{self._experiment}/runs", "?workflowType=machine_learning"
        return f"{runs}{query}&viewStateShareKey={self.key}", f"{runs}/{self._parent}{query}"

    def log(self, trial: Trial) -> None:
        """See `Tracker.log`."""
        tags = {
            PARENT: self._parent,
            NUMBER: str(trial.number),
            KIND: TRIAL,
            "search.node": trial.node,
            **AT_FIRST,
            **self._shared,
            **mlflow_values.list_tags(trial),
        }
        if trial.reason:
            tags["reason"] = trial.reason
        if trial.number in self._status:
            self._complete(self._runs[trial.number], mlflow_values.list_params(trial), tags)
            return
        start, end = mlflow_values.find_span(trial)
        run, later = self._begin(name_trial(trial.number), start, end, tags)
        points = self._live.complete(run, mlflow_values.list_points(trial))
        self._log_batch(run, points, mlflow_values.list_params(trial), later)
        status = STATUS[trial.status]
        self._client.set_terminated(run, status, end)
        self._status[trial.number], self._runs[trial.number] = status, run
        self._front.keep_trial(trial.number, run, AT_FIRST)
        if not self._deltas and (found := find_deltas(trial.metrics)):
            self._deltas = found
            self.keep_view()

    def log_training(self, training: Training) -> None:
        """See `Tracker.log_training`."""
        identity = name_training(training)
        status = FAILED if training.reason else COMPLETE
        tags = {PARENT: self._parent, TRAINING: identity, "search.node": training.node, "reason": training.reason}
        kind = name_kind(tags)
        tags |= {KIND: kind, "status": status, **self._shared, **(FINAL_AT_FIRST if kind == FINAL else {})}
        tags |= training.tags
        told = {name: value for name, value in tags.items() if value}
        if identity in self._trainings:
            self._complete(self._trainings[identity], mlflow_values.flatten(training.params), told)
            return
        start, end = mlflow_values.find_span(training)
        run, later = self._begin(training.name, start, end, told)
        points = self._live.complete(run, mlflow_values.list_training_points(training))
        self._log_batch(run, points, mlflow_values.flatten(training.params), later)
        self._client.set_terminated(run, STATUS[status], end)
        self._trainings[identity] = run
        if kind == FINAL:
            self._front.keep_final(identity, run, FINAL_AT_FIRST)

    def _complete(self, run: str, params: Mapping[str, str], tags: Mapping[str, str]) -> None:
        """Add what a run of an earlier version lacks."""
        new, later = self._lacking.find(run, params, tags)
        self._log_batch(run, params=new, tags=later)

    def _begin(self, name: str, start: int, end: int, tags: Mapping[str, str]) -> tuple[str, Mapping[str, str]]:
        """The run of a training that has ended, the one that was there while it went on or a new one; tags it lacks."""
        self._before, self._last = ("", None), max(self._last, end)
        if (run := self._live.take(name)) is not None:
            return run, tags
        return str(self._client.create_run(self._experiment, start, dict(tags), name).info.run_id), {}

    def follow(self, beats: Mapping[str, Beat]) -> None:
        """See `Record.follow`."""
        ended = {name_trial(number) for number in self._status}
        for run, points in self._live.follow({name: each for name, each in beats.items() if name not in ended}).items():
            self._log_batch(run, points)

    def watch_system(self, began: int) -> None:
        """Have `measure` tell how busy this machine is; `began` is the parent run's start in Unix milliseconds."""
        self._load = SystemLoad(began)

    def measure(self) -> None:
        """See `Record.measure`."""
        if self._load is not None and (points := self._load.measure(_now())):
            self._log_batch(self._parent, points)

    def log_progress(self, volumes: Mapping[int, float]) -> None:
        """See `Record.log_progress`."""
        new = {step: float(each) for step, each in volumes.items() if step not in self._steps and math.isfinite(each)}
        points = [mlflow_values.Point("hypervolume", value, _now(), step) for step, value in new.items()]
        counted = len(self._status)
        if counted > self._counted:
            points += self._count_trials()
        self._log_batch(self._parent, points)
        self._steps |= set(new)
        self._counted = max(counted, self._counted)

    def close(self, status: str, artifacts: Sequence[Path], metrics: Mapping[str, float], note: str) -> None:
        """See `Tracker.close`."""
        self._live.forget()
        step = len(self._status)
        finite = {name: value for name, value in metrics.items() if math.isfinite(value)}
        points = [
            mlflow_values.Point(mlflow_values.make_legal(name), float(value), _now(), step)
            for name, value in finite.items()
        ]
        self._log_batch(self._parent, points)
        self.log_files([path for path in artifacts if path.is_file()])
        if note:
            self._client.set_tag(self._parent, NOTE, mlflow_values.cut_lines(note, MAX_TAG))
        past = self._before[1] if status == self._before[0] else None if self._on else self._last or None
        self._client.set_terminated(self._parent, status, past)

    def log_front(self, members: Sequence[int], marks: Mapping[int, str], delivered: Sequence[str] | None) -> None:
        """See `Tracker.log_front`."""
        self._front.tell(members, marks, delivered)

    def log_confirmed(self, means: Mapping[int, Mapping[str, float]]) -> None:
        """See `Tracker.log_confirmed`."""
        self._confirmed = log_means(self._client, self._runs, means, _now()) or self._confirmed
        self.keep_view()

    def log_files(self, files: Sequence[Path]) -> None:
        """See `Tracker.log_files`."""
        if not files:
            return
        root = Path(os.path.commonpath([path.parent for path in files]))
        for path in files:
            top, *below = (*path.parent.relative_to(root).parts, "")
            # A name of its own at each resume, or members that have left the front would stay in its folder.
            top = top and f"{top} after {len(self._status)} trials"
            self._client.log_artifact(self._parent, str(path), "/".join([top, *below]).rstrip("/") or None)

    def log_exports(self, run: Path) -> None:
        """See `Tracker.log_exports`."""
        for number, folders in list_exports(run).items():
            for folder in folders if number in self._runs else ():
                log_export(self._client, self._experiment, self._runs[number], folder)

    def reopen(self, tags: Mapping[str, str], params: Mapping[str, str], *, on: bool) -> None:
        """Bring tags and parameters up to date and say that it runs, or is told of; what is the same is not written."""
        self._on = on
        data = self._client.get_run(self._parent).data
        new = {name: value for name, value in params.items() if name not in data.params}
        self._log_batch(self._parent, params=new)
        # MLflow never changes a parameter; a tag beside its first value tells of one that did, e.g. trials.
        later = {f"resumed.{name}": value for name, value in params.items()}
        first = {f"resumed.{name}": value for name, value in {**params, **data.params}.items()}
        changed = {name: v for name, v in later.items() if v != data.tags.get(name, first[name])}
        for name, value in {**tags, **changed}.items():
            if data.tags.get(name) != value:
                self._client.set_tag(self._parent, name, value)
        self._client.update_run(self._parent, status="RUNNING")

    def _count_trials(self) -> list[mlflow_values.Point]:
        ended = list(self._status.values())
        counts = {f"trials.{name}": ended.count(status) for name, status in STATUS.items()}
        return [mlflow_values.Point(name, float(count), _now(), len(ended)) for name, count in counts.items()]

    def _log_batch(
        self,
        run: str,
        points: Sequence[mlflow_values.Point] = (),
        params: Mapping[str, str] | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        log_batch(self._client, run, points, params, tags)


def _now() -> int:
    return int(1000 * time.time())
