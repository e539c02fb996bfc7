"""Child runs of trainings that go on: made when they start, with a curve that grows; used in the tracker's thread.

A run that goes on is "RUNNING" in the store. One that its search has left so, by a kill or at its end, is no record of
anything: it is deleted, when the record is closed or opened again.
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from search.tracking.children import KIND, NUMBER, TRAINING, name_kind
from search.tracking.mlflow_values import Point, make_legal

if TYPE_CHECKING:
    from mlflow import MlflowClient

    from search.jobs.heartbeat import Beat

RUNNING = "running"  # of the tag that tells how a training has ended, once it has
TRIAL = re.compile(r"trial (\d+)")
OTHERS = re.compile(r"supernet|final training of trial \d+")


def name_live(label: str, *, supernet: bool) -> str:
    """What a training's child run is called while it goes on; "" for one that has none, such as a baseline's.

    Args:
        label: of its job.
        supernet: whether it is that of a supernet.
    """
    name = "supernet" if supernet else label.partition(",")[0]
    return name if TRIAL.fullmatch(name) or OTHERS.fullmatch(name) else ""


class LiveChildren:
    """The runs that go on, by name.

    Args:
        client: of the store.
        experiment: that the runs are in.
        tags: of every child.
    """

    def __init__(self, client: MlflowClient, experiment: str, tags: Mapping[str, str]) -> None:
        self._client, self._experiment, self._tags = client, experiment, tags
        self._runs: dict[str, str] = {}
        self._points: dict[str, set[tuple[str, int]]] = {}

    def follow(self, beats: Mapping[str, Beat]) -> dict[str, list[Point]]:
        """Make runs of those that are new; the new points of each run, by its id."""
        now, found = int(1000 * time.time()), {}
        for name, beat in beats.items():
            run = self._runs.get(name) or self._begin(name, beat, int(1000 * beat.begun) or now)
            points = [
                Point(make_legal(f"epoch/{each}"), float(value), now, beat.epoch)
                for each, value in beat.values.items()
                if math.isfinite(value)
            ]
            if fresh := _drop(points, self._points[run]):
                found[run] = fresh
                self._points[run] |= {(each.name, each.step) for each in fresh}
        return found

    def _begin(self, name: str, beat: Beat, start: int) -> str:
        number = TRIAL.fullmatch(name)
        own = {NUMBER: number[1]} if number else {TRAINING: f"{name} goes on"}
        tags = {**self._tags, **own, KIND: name_kind(own), "status": RUNNING}
        tags |= {} if beat.seed is None else {"seed": str(beat.seed)}
        run = str(self._client.create_run(self._experiment, start, tags, name).info.run_id)
        self._runs[name], self._points[run] = run, set()
        return run

    def take(self, name: str) -> str | None:
        """The run of a training that has ended, which is then nobody's here; None where it has none."""
        return self._runs.pop(name, None)

    def complete(self, run: str, points: Sequence[Point]) -> list[Point]:
        """Those points that a run has not had while it went on; asked once, when its training has ended."""
        return _drop(points, self._points.pop(run, set()))

    def forget(self) -> None:
        """Delete the runs of trainings that have not ended."""
        for run in self._runs.values():
            self._client.delete_run(run)
        self._runs.clear()


def _drop(points: Sequence[Point], told: Collection[tuple[str, int]]) -> list[Point]:
    return [each for each in points if (each.name, each.step) not in told]
