"""Where workers leave what came of the jobs of trials that have not ended."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from search.jobs.job import Job, Outcome
from spaces.common.atomic_files import read_json
from spaces.errors import DataError, UserError

LATER = ("findings", "cost", "masks", "epochs", "memory")  # what outcomes of earlier versions do not have


@dataclass(frozen=True)
class OutcomeFiles:
    """A folder of outcomes, one a leg of a trial, and of checkpoints.

    Args:
        folder: absolute, for workers may run in another one.
    """

    folder: Path

    def make(self) -> None:
        """Make the folder, and forget which jobs ran when the driver ended.

        Raises:
            DataError: it cannot be made.
        """
        make_folder(self.folder)
        for left in self.folder.glob("*.begun"):  # by workers that were killed
            left.unlink(missing_ok=True)

    def file(self, number: int, until: int | None) -> Path:
        """Of a trial's job that pauses after so many epochs, or None for the one that ends it."""
        return self.folder / (f"{number:04d}.{until}.json" if until else f"{number:04d}.json")

    def checkpoint(self, number: int) -> Path:
        """Where a trial's training stands."""
        return self.folder / f"{number:04d}.ckpt"

    @property
    def first(self) -> Path:
        """Of the networks that gated trials start from; it is made when there are some."""
        return self.folder / "first"

    def clear(self, number: int) -> None:
        """Drop everything of a trial that has ended."""
        for left in self.folder.glob(f"{number:04d}.*"):
            left.unlink(missing_ok=True)


def make_folder(folder: Path) -> None:
    """Make a folder of a search.

    Raises:
        DataError: it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DataError(
            f"{folder} cannot be made ({error.strerror}): move away what is there, or choose another run.folder"
        ) from error


def read_outcome(job: Job) -> Outcome | None:
    """The outcome in the job's file, if the job has finished with the same fingerprint and the file is whole."""
    if not job.outcome.exists():
        return None
    try:
        stored = read_json(job.outcome)
        if stored["fingerprint"] != job.fingerprint:
            return None
        return restore_outcome(stored["outcome"])
    except (UserError, KeyError, TypeError, AttributeError):
        return None  # damaged from outside, or of weights that are gone: the job is simply run again


def restore_outcome(values: Mapping[str, Any]) -> Outcome:
    """An outcome from its JSON; null where a number belongs comes back as NaN.

    Raises:
        KeyError, TypeError, AttributeError: it is no outcome.
    """
    return Outcome(
        metrics={name: _number(value) for name, value in values["metrics"].items()},
        curves={name: [_number(v) for v in curve] for name, curve in values["curves"].items()},
        **{name: values[name] for name in LATER if name in values},
        **{name: values[name] for name in ("seconds", "reason", "node", "ended", "device")},
    )


def read_result(job: Job, device: str) -> Outcome | None:
    """The outcome in the job's file if it is complete and was had on this kind of device, "cpu" or "cuda"."""
    outcome = read_outcome(job)
    return outcome if outcome and outcome.complete and outcome.device == device else None


def _number(value: float | None) -> float:
    return math.nan if value is None else float(value)
