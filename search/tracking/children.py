"""The child runs of a search in MLflow: what kind each is, by tags, and what those of earlier versions lack."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlflow.entities import Run

    from search.tracking.tracker import Training

NUMBER = "search.trial"  # tag of a trial: its number
TRAINING = "search.training"  # of a child run that is no trial: its name and mark
KIND = "kind"  # of all children, to filter by
TRIAL, FINAL, CONFIRMATION = "trial", "final training", "confirmation"
OTHERS = ("supernet", FINAL, CONFIRMATION)  # how names of trainings begin that are no trials


def name_trial(number: int) -> str:
    """What a trial's run is called."""
    return f"trial {number}"


def name_training(training: Training) -> str:
    """What the run of a training that is no trial is told by from all others."""
    return f"{training.name} {training.mark}"


def name_kind(tags: Mapping[str, str]) -> str:
    """The kind of a child run with these tags; empty for somebody else's."""
    if NUMBER in tags:
        return TRIAL
    if TRAINING not in tags:
        return ""
    return next((kind for kind in OTHERS if tags[TRAINING].startswith(kind)), "training")


class Lacking:
    """What runs hold that are whole, so that a later version adds what it tells and they do not.

    Nothing that is there is changed: MLflow refuses that for parameters, and people edit tags.
    """

    def __init__(self) -> None:
        self._tags: dict[str, set[str]] = {}
        self._params: dict[str, set[str]] = {}

    def keep(self, run: Run) -> None:
        """Note what a run of an earlier start holds."""
        self._tags[run.info.run_id], self._params[run.info.run_id] = set(run.data.tags), set(run.data.params)

    def find(
        self, run: str, params: Mapping[str, str], tags: Mapping[str, str]
    ) -> tuple[dict[str, str], dict[str, str]]:
        """Parameters and tags that a run of an earlier start lacks, told once; none of a run of this start."""
        had, marked = self._params.pop(run, set(params)), self._tags.pop(run, set(tags))
        return (
            {name: value for name, value in params.items() if name not in had},
            {name: value for name, value in tags.items() if name not in marked},
        )
