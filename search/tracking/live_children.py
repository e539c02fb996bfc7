"""Child runs of trainings that go on: made when they start, with a curve that grows; used in the tracker's thread.

A run that goes on is "RUNNING" in the store. One that its search has left so, by a kill or at its end, is no record of
anything: it is deleted, when the record is closed or opened again.
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from search.tracking.mlflow_values import Point, make_legal

if TYPE_CHECKING:
    from mlflow import MlflowClient

    from search.jobs.heartbeat import Beat

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
        trial: tag that holds a trial's number.
        other: tag that other trainings have.
    """

    def __init__(self, client: MlflowClient, experiment: str, tags: Mapping[str, str], trial: str, other: str) -> None:
        self._client, self._experiment, self._tags, self._trial, self._other = client, experiment, tags, trial, other
        self._runs: dict[str, str] = {}
        self._points: dict[str, set[tuple[str, int]]] = {}

    def follow(self, beats: Mapping[str, Beat]) -> dict[str, list[Point]]:
        """Make runs of those that are new; the new points of each run, by its id."""
        now, found = int(1000 * time.time()), {}
        for name, beat in beats.items():
            run = self._runs.get(name) or self._begin(name, now)
            points = [
                Point(make_legal(f"epoch/{each}"), float(value), now, beat.epoch)
                for each, value in beat.values.items()
                if math.isfinite(value)
            ]
            if fresh := self.drop_told(run, points):
                found[run] = fresh
                self._points[run] |= {(each.name, each.step) for each in fresh}
        return found

    def _begin(self, name: str, now: int) -> str:
        number = TRIAL.fullmatch(name)
        kind = {self._trial: number[1]} if number else {self._other: f"{name} goes on"}
        run = str(self._client.create_run(self._experiment, now, {**self._tags, **kind}, name).info.run_id)
        self._runs[name], self._points[run] = run, set()
        return run

    def take(self, name: str) -> str | None:
        """The run of a training that has ended, which is then nobody's here; None where it has none."""
        return self._runs.pop(name, None)

    def drop_told(self, run: str, points: Sequence[Point]) -> list[Point]:
        """Those points that the run has not had while it went on."""
        told = self._points.get(run, set())
        return [each for each in points if (each.name, each.step) not in told]

    def forget(self) -> None:
        """Delete the runs of trainings that have not ended."""
        for run in _empty(self._runs):
            self._client.delete_run(run)


def _empty(runs: dict[str, str]) -> Iterable[str]:
    while runs:
        yield runs.popitem()[1]
