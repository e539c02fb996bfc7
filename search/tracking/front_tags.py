"""Tags of child runs that change while a search goes on: what is on the front, pointed out and delivered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from search.tracking.batches import log_batch
from search.tracking.children import name_trial

if TYPE_CHECKING:
    from mlflow import MlflowClient

ON_FRONT, MARK, DELIVERED = "on_front", "mark", "delivered"
AT_FIRST: Mapping[str, str] = {ON_FRONT: "no", DELIVERED: "no"}  # of a trial
FINAL_AT_FIRST: Mapping[str, str] = {DELIVERED: "no"}  # of a training to the end; it has its mark from the start


class FrontTags:
    """What trials and trainings to the end have been given, so that only what changes is written.

    Args:
        client: of the store.
    """

    def __init__(self, client: MlflowClient) -> None:
        self._client = client
        self._trials: dict[int, tuple[str, dict[str, str]]] = {}
        self._finals: dict[str, tuple[str, dict[str, str]]] = {}

    def keep_trial(self, number: int, run: str, tags: Mapping[str, str]) -> None:
        """A trial's run is there, with these tags."""
        self._trials[number] = run, dict(tags)

    def keep_final(self, name: str, run: str, tags: Mapping[str, str]) -> None:
        """The run of a training to the end is there, with these tags, under the name that `name_training` gives."""
        self._finals[name] = run, dict(tags)

    def tell(self, members: Sequence[int], marks: Mapping[int, str], delivered: Sequence[str] | None) -> None:
        """See `Tracker.log_front`."""
        for number, (run, before) in self._trials.items():
            now = {ON_FRONT: _say(number in members), MARK: marks.get(number, "")}
            now |= {} if delivered is None else {DELIVERED: _say(name_trial(number) in delivered)}
            self._change(run, before, now)
        for name, (run, before) in self._finals.items():
            self._change(run, before, {} if delivered is None else {DELIVERED: _say(name in delivered)})

    def _change(self, run: str, before: dict[str, str], now: Mapping[str, str]) -> None:
        changed = {name: value for name, value in now.items() if value != before.get(name, "")}
        log_batch(self._client, run, tags=changed)
        before |= changed


def _say(holds: bool) -> str:
    return "yes" if holds else "no"
