"""What a confirmation has measured: every network with every seed, on both splits; kept in the run folder.

`confirmed.json` there is made anew from what trainings have left whenever the command runs, and is all that tables,
page and `search.pick` read. Everything that is concluded from it is computed, never stored.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from spaces.common.atomic_files import read_json, strict, write_json
from spaces.errors import DataError

FILE, CSV = "confirmed.json", "confirmed.csv"
VERSION = 1
Metrics = Mapping[str, float]
"""Values by "<task>.<metric>" or column of robustness."""


@dataclass(frozen=True)
class Cell:
    """One training with a fresh seed.

    Args:
        validation: what it shows on the validation split of the search; empty where it was trained on other images.
        test: what it shows on the test split.
        macs: multiply-accumulates of one image; of a gated network they differ from seed to seed.
        params: learnable parameters.
    """

    validation: Metrics
    test: Metrics
    macs: float = math.nan
    params: float = math.nan


@dataclass(frozen=True)
class Confirmed:
    """One network of the search with its fresh trainings.

    Args:
        number: of the trial.
        key: of its pattern.
        searched: objectives by name, as the search measured them on the validation split.
        guessed: best guesses of these; empty where there were none.
        basis: how it is trained, in words.
        cells: by seed.
    """

    number: int
    key: str
    searched: Metrics
    guessed: Metrics
    basis: str
    cells: Mapping[int, Cell]


@dataclass(frozen=True)
class Confirmation:
    """Everything that was measured.

    Args:
        division: what networks were trained on, a key of `search.confirming.request.DIVISIONS`.
        members: networks, cheapest first.
        references: the single-task networks' metrics by seed.
    """

    division: str
    members: tuple[Confirmed, ...]
    references: Mapping[int, Cell]

    @property
    def seeds(self) -> tuple[int, ...]:
        """Of all trainings, in order."""
        return tuple(sorted({seed for member in self.members for seed in member.cells}))


def drop_stale(confirmation: Confirmation, now: Mapping[int, Metrics]) -> Confirmation:
    """The same without networks that the search has trained further, or otherwise, since.

    Args:
        confirmation: of a run.
        now: objectives of the run's networks by number of the trial, those of final trainings where there are some.
    """
    members = tuple(each for each in confirmation.members if dict(now.get(each.number, {})) == dict(each.searched))
    return replace(confirmation, members=members)


def save_confirmation(folder: Path, confirmation: Confirmation) -> None:
    """Write or replace the run's `confirmed.json`."""
    write_json(folder / FILE, {"version": VERSION, **strict(asdict(confirmation))})


def load_confirmation(folder: Path) -> Confirmation | None:
    """What a run folder keeps; None where nothing was confirmed.

    Raises:
        DataError: the file is damaged, or of another version.
    """
    path = folder / FILE
    if not path.exists():
        return None
    try:
        data = read_json(path)
        if data["version"] != VERSION:
            raise ValueError(f"version {data['version']}")
        members = tuple(_read_member(each) for each in data["members"])
        references = {int(seed): _read_cell(cell) for seed, cell in data["references"].items()}
        return Confirmation(str(data["division"]), members, references)
    except (DataError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataError(
            f"{path}: no confirmation ({error.__cause__ or error}); remove it, and python -m search.confirm {folder} "
            "makes it again of what is trained"
        ) from error


def _read_member(data: Mapping[str, Any]) -> Confirmed:
    cells = {int(seed): _read_cell(cell) for seed, cell in data["cells"].items()}
    told = _numbers(data["searched"]), _numbers(data["guessed"])
    return Confirmed(int(data["number"]), str(data["key"]), *told, str(data["basis"]), cells)


def _read_cell(data: Mapping[str, Any]) -> Cell:
    return Cell(_numbers(data["validation"]), _numbers(data["test"]), _number(data["macs"]), _number(data["params"]))


def _numbers(values: Mapping[str, float | None]) -> dict[str, float]:
    return {name: _number(value) for name, value in values.items()}


def _number(value: float | None) -> float:
    return math.nan if value is None else float(value)
