"""The networks of a run that are asked about, with what identifies them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from search.results.results import Results
from spaces.errors import DataError

if TYPE_CHECKING:
    from search.jobs.trial import Trial
    from spaces.networks.build import SharedNetwork


@dataclass(frozen=True, eq=False)
class Member:
    """One network.

    Args:
        trial: that it belongs to; the final training's, where it had one.
        network: rebuilt, in evaluation mode.
        weights: digest of their file.
    """

    trial: Trial
    network: SharedNetwork
    weights: str


def load_members(run: Results, numbers: Sequence[int], device: str | None) -> list[Member]:
    """The networks of trials, or all that the run has delivered, cheapest first.

    Args:
        run: finished, or still searching.
        numbers: of trials; none for all that were delivered.
        device: where they are to lie.

    Raises:
        ConfigError: there is no such device.
        DataError: no such trial, or one without weights; nothing delivered yet.
    """
    wanted = list(dict.fromkeys(numbers)) or [trial.number for trial in run.delivered]
    files = _find_files(run, wanted)
    members = [
        Member(run.trained(number), run.network(number, device), _digest(file)) for number, file in files.items()
    ]
    return sorted(members, key=lambda member: (member.trial.macs, member.trial.number))


def _find_files(run: Results, numbers: Sequence[int]) -> dict[int, Path]:
    """Files of weights by number of the trial; all that is wrong with numbers is told at once."""
    files: dict[int, Path] = {}
    problems: list[str] = []
    for number in numbers:
        try:
            files[number] = run.weights(number)
        except DataError as error:
            problems += error.problems
    if problems and not run.kept:
        raise DataError(
            f"{run.path} keeps no weights, and without them there is no network to measure: restore its folder front/ "
            "from a copy, or search again with another run.name"
        )
    if problems:
        raise DataError(problems)
    return files


def _digest(path: Path) -> str:
    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()[:16]
    except OSError as error:
        raise DataError(f"{path} cannot be read ({error.strerror}); mend its permissions") from error
