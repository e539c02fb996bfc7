"""What a confirmation has measured: every network with every seed, on both splits; kept in the run folder.

`confirmed.json` there has a confirmation for each division of the images, the one that ended last first, and is all
that tables, page and `search.pick` read. Everything that is concluded from it is computed, never stored.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from search.jobs.trial import Trial
from spaces.common.atomic_files import read_json, strict, write_json
from spaces.errors import DataError

FILE, CSV = "confirmed.json", "confirmed.csv"
PLACE = "confirmed"  # folder of a run with the trainings
VERSION = 2
OF_ONE_DIVISION = 1  # earlier: a confirmation of another division took its place
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
        metrics: by "<task>.<metric>", as the search measured them there; `drop_stale` adds what earlier files lack.
    """

    number: int
    key: str
    searched: Metrics
    guessed: Metrics
    basis: str
    cells: Mapping[int, Cell]
    metrics: Metrics = field(default_factory=dict)


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


def drop_stale(confirmation: Confirmation, now: Mapping[int, Trial]) -> Confirmation:
    """The same without networks that the search has trained further, or otherwise, since; cheapest first.

    Args:
        confirmation: of a run.
        now: the run's networks by number of the trial, those of final trainings where there are some.
    """
    kept = (each for each in confirmation.members if each.number in now)
    same = (each for each in kept if _is_same(now[each.number].objectives, each.searched))
    members = [replace(each, metrics=dict(now[each.number].metrics)) for each in same]
    return replace(confirmation, members=tuple(sort_by_cost(members, now)))


def _is_same(one: Metrics, other: Metrics) -> bool:
    """Whether values are equal, where what is not known equals itself."""
    return one.keys() == other.keys() and all(
        value == other[name] or (math.isnan(value) and math.isnan(other[name])) for name, value in one.items()
    )


def sort_by_cost(members: Iterable[Confirmed], now: Mapping[int, Trial]) -> list[Confirmed]:
    """Cheapest first, by what the search has counted of them, whether or not it is an objective."""
    return sorted(members, key=lambda each: (now[each.number].macs, each.number))


def choose_shown(divisions: Sequence[Confirmation], now: Mapping[int, Trial]) -> Confirmation | None:
    """That which has measured most networks as they are now, the first of equals; None where none has.

    A confirmation of a few networks on other images does not take the place of one that knows all.

    Args:
        divisions: that a run keeps.
        now: as `drop_stale` has it.
    """
    current = [drop_stale(each, now) for each in divisions]
    measured = [sum(bool(member.cells) for member in each.members) for each in current]
    most = max(measured, default=0)
    return current[measured.index(most)] if most else None


def save_confirmation(folder: Path, confirmation: Confirmation) -> None:
    """Put it first in the run's `confirmed.json`, in place of what was there of its division; others stay."""
    try:
        kept = load_confirmations(folder)
    except DataError:  # what is damaged is made again
        kept = ()
    others = [each for each in kept if each.division != confirmation.division]
    divisions = [asdict(each) for each in (confirmation, *others)]
    write_json(folder / FILE, strict({"version": VERSION, "divisions": divisions}))


def load_confirmations(folder: Path) -> tuple[Confirmation, ...]:
    """What a run folder keeps, by division, the one that ended last first.

    Raises:
        DataError: the file is damaged, or of another version.
    """
    path = folder / FILE
    if not path.exists():
        return ()
    try:
        data = read_json(path)
        if data["version"] not in (OF_ONE_DIVISION, VERSION):
            raise ValueError(f"version {data['version']}")
        divisions = [data] if data["version"] == OF_ONE_DIVISION else data["divisions"]
        return tuple(_read_confirmation(each) for each in divisions)
    except (DataError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataError(
            f"{path}: no confirmation ({error.__cause__ or error}); remove it, and python -m search.confirm {folder} "
            "makes it again of what is trained"
        ) from error


def _read_confirmation(data: Mapping[str, Any]) -> Confirmation:
    members = tuple(_read_member(each) for each in data["members"])
    references = {int(seed): _read_cell(cell) for seed, cell in data["references"].items()}
    return Confirmation(str(data["division"]), members, references)


def _read_member(data: Mapping[str, Any]) -> Confirmed:
    cells = {int(seed): _read_cell(cell) for seed, cell in data["cells"].items()}
    told = _numbers(data["searched"]), _numbers(data["guessed"])
    metrics = _numbers(data.get("metrics", {}))
    return Confirmed(int(data["number"]), str(data["key"]), *told, str(data["basis"]), cells, metrics)


def _read_cell(data: Mapping[str, Any]) -> Cell:
    return Cell(_numbers(data["validation"]), _numbers(data["test"]), _number(data["macs"]), _number(data["params"]))


def _numbers(values: Mapping[str, float | None]) -> dict[str, float]:
    return {name: _number(value) for name, value in values.items()}


def _number(value: float | None) -> float:
    return math.nan if value is None else float(value)
