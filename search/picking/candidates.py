"""The networks of a run that can be picked, with the values that are believed of them, and where these are from."""

from __future__ import annotations

import math
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from search.config.command import spell_command
from search.confirming.request import DIVISIONS
from search.confirming.sums import Row
from search.jobs.trial import Trial
from search.problem.objectives import BEFOREHAND, Objective, resolve_objectives
from search.results.confirmed import list_confirmed, read_confirmed
from search.results.results import Results
from search.study.kept_single_tasks import foretell_objectives, foretell_scatter
from spaces.common.formatting import format_list
from spaces.errors import DataError

TRAINED, GUESSED, SINGLE = "final trainings", "best guesses over all trials", "single trainings"
HOLDING = "95 % is for the validation images of the search; search.confirm measures fresh seeds on test images."
INTERVAL = 1.96  # standard deviations of 95 %
SCATTER = "+- is 1 sd, as single-task networks scatter."
Ends = tuple[float, float]


@dataclass(frozen=True)
class Candidates:
    """Networks with weights, by number.

    Args:
        values: by column.
        intervals: 95 % ends of best guesses and of confirmed means, by number and column.
        source: what the values are, in a sentence.
        objectives: of the search.
        apart: numbers of networks that were confirmed, where these values are not their confirmed ones.
        onward: the command that confirms the others; empty where there are none.
        spreads: standard deviations of values of one training, by number and column, where they are known.
    """

    values: Mapping[int, Mapping[str, float]]
    intervals: Mapping[int, Mapping[str, Ends]]
    source: str
    objectives: tuple[Objective, ...]
    apart: tuple[int, ...] = ()
    onward: str = ""
    spreads: Mapping[int, Mapping[str, float]] = field(default_factory=dict)

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of all values that some network has, objectives first."""
        rows = self.values.values()
        return tuple(dict.fromkeys(name for row in rows for name, value in row.items() if math.isfinite(value)))


def find_pools(run: Results) -> tuple[Candidates, ...]:
    """What a run has delivered, where its weights are kept, by what is believed of it: the best evidence first.

    Values of one pool are of one kind, for a confirmed mean and a single validation value are not to be ranked beside
    each other: the confirmed ones, then, where some are not, all by what the search itself tells.

    Raises:
        DataError: nothing yet, or no weights.
    """
    delivered = run.delivered
    kept = set(run.kept)
    members = [trial for trial in delivered if trial.number in kept]
    if not members:
        raise DataError(
            f"{run.path} keeps no weights of what it has delivered; restore its folder front/ from a copy, or search "
            "again with another run.name"
        )
    objectives = resolve_objectives(run.config["objectives"], run.tasks)
    searched = _find_searched(run, members, objectives)
    totals = read_confirmed(run, objectives)
    confirmed = list_confirmed(totals) if totals is not None else {}
    names = [number for number in searched.values if number in confirmed]
    if totals is None or not names:
        return (searched,)
    values = {number: _read_confirmed(confirmed[number]) for number in names}
    ends = {number: _read_ends(confirmed[number]) for number in names}
    trained = f"trained {DIVISIONS[totals.confirmation.division]}"
    what = f"Numbers are confirmed ones: means of fresh seeds on the test split, {trained}."
    others = [number for number in searched.values if number not in confirmed]
    if not others:
        return (Candidates(values, ends, what, objectives),)
    command = spell_command(
        "search.confirm", f"{shlex.quote(str(run.path))} --trials {' '.join(map(str, others))}", anywhere=True
    )
    left = f"{_name(others)} {'is' if len(others) == 1 else 'are'} not confirmed and left out; with them:\n  {command}"
    return (
        Candidates(values, ends, f"{what} {left}", objectives),
        replace(searched, apart=tuple(names), onward=command),
    )


def explain_apart(candidates: Candidates, lacking: Sequence[str]) -> Candidates:
    """The same, which says why confirmed values are not what it was picked by, where there are some.

    Args:
        candidates: that were picked from.
        lacking: columns that were asked for and that no confirmed network has a value of.
    """
    if not candidates.apart:
        return candidates
    one = len(candidates.apart) == 1
    told = f"{_name(candidates.apart)} {'was' if one else 'were'} confirmed"
    if lacking:
        told += f", which tells nothing of {format_list(lacking)}"
    else:
        told += f" and {'does' if one else 'do'} not fit by that"
    source = f"{candidates.source} They are on the validation split: {told}. To confirm the others:"
    return replace(candidates, source=f"{source}\n  {candidates.onward}")


def _name(numbers: Sequence[int]) -> str:
    return f"Trial{'s' * (len(numbers) != 1)} {format_list(numbers)}"


def _find_searched(run: Results, members: Sequence[Trial], objectives: tuple[Objective, ...]) -> Candidates:
    """What the search itself tells of its networks, on the validation split."""
    values = {trial.number: _read(trial) for trial in members}
    spreads = foretell_scatter(run.path, members, run.tasks)
    scatter = f" {SCATTER}" if any(spreads.values()) else ""
    if len(run.finals):
        nothing: dict[int, dict[str, Ends]] = {number: {} for number in values}
        return Candidates(values, nothing, f"{_say(TRAINED)}{scatter}", objectives, spreads=spreads)
    guesses = foretell_objectives(run.path, run.ended, objectives, run.tasks)
    ends: dict[int, dict[str, Ends]] = {}
    for number in values:
        told = guesses.get(number, {})
        values[number] |= {name: guess.value for name, guess in told.items()}
        ends[number] = {
            name: (guess.value - INTERVAL * guess.sd, guess.value + INTERVAL * guess.sd) for name, guess in told.items()
        }
    source = f"{_say(GUESSED)} {HOLDING}" if guesses else _say(SINGLE)
    return Candidates(values, ends, f"{source}{scatter}", objectives, spreads=spreads)


def _say(source: str) -> str:
    return f"Objectives are those of {source}."


def _read_confirmed(row: Row) -> dict[str, float]:
    return {name: each.mean for name, each in row.test.items() if not math.isinf(each.mean)}


def _read_ends(row: Row) -> dict[str, Ends]:
    """Of what is measured; costs that a pattern says are the same with every seed."""
    said = {each.name for each in BEFOREHAND}
    known = {name: each for name, each in row.test.items() if name not in said and math.isfinite(each.low)}
    return {name: (each.low, each.high) for name, each in known.items()}


def _read(trial: Trial) -> dict[str, float]:
    numbers = {"macs": float(trial.macs), "params": float(trial.params), **trial.metrics}
    ordered = {**trial.objectives, **numbers}
    return {name: float(value) for name, value in ordered.items() if not math.isinf(value)}
