"""A job over the tiny problem."""

from __future__ import annotations

from pathlib import Path

from search.config.composition import compose
from search.jobs.job import Job
from spaces.pattern.sharing_pattern import separate_decoders
from tests.tiny import arguments, write_tiny


def make_job(folder: Path, *more: str) -> Job:
    """One training of all tasks with decoders of their own; data, outcome and weights lie in the folder."""
    settings = compose(arguments(write_tiny(folder / "data"), *more))
    names = [task.name for task in settings.data.selected]
    return Job(
        "a job",
        separate_decoders(names, 2, 2),
        settings.data,
        settings.network,
        settings.trainer,
        0,
        1,
        folder / "outcome.json",
        folder / "weights.pt",
    )
