"""What is believed of a network's objectives, with how far it is to be trusted, in no more digits than that allows."""

from __future__ import annotations

import math
from dataclasses import dataclass

from search.jobs.trial import Trial
from search.problem.objectives import BEFOREHAND, Objective, format_spread
from search.study.fronts.front import FrontView

CONFIRMED = "confirmed with fresh seeds on the test split, 95 % interval"
ENDED = "trained to the end, on the validation split; +- 1 sd as single-task networks scatter"
GUESSED = "best guess from all trials, on the validation split; +- 1 sd"
MEASURED = "one training, on the validation split; +- 1 sd as single-task networks scatter"


@dataclass(frozen=True)
class Shown:
    """A number.

    Args:
        value: that is believed.
        spread: to either side; NaN where it is not known.
        basis: what it rests on.
    """

    value: float
    spread: float
    basis: str


def choose_shown(view: FrontView, trial: Trial) -> dict[str, Shown]:
    """By name of each objective that a training tells, the best that is known of a complete trial.

    Args:
        view: with guesses, final trainings, confirmed means and single-task networks.
        trial: one of it.
    """
    final = view.trained.get(trial.number)
    found = {}
    for objective in view.objectives:
        name = objective.name
        value = trial.objectives.get(name, math.nan)
        if objective in BEFOREHAND or not math.isfinite(value):
            continue
        spreads = view.final_spreads if final else view.spreads
        spread = spreads[trial.number].get(name, math.nan)
        if each := view.confirmed.get(trial.number, {}).get(name):
            found[name] = Shown(each.mean, (each.high - each.low) / 2, name_confirmed(each.seeds))
        elif final:
            found[name] = Shown(final.objectives[name], spread, ENDED)
        elif guess := view.foretold.get(trial.number, {}).get(name):
            found[name] = Shown(guess.value, guess.sd, GUESSED)
        else:
            found[name] = Shown(value, spread, MEASURED)
    return found


def name_confirmed(seeds: int) -> str:
    """What a confirmed mean rests on, with the number of seeds where it is told: an interval of two is a long one."""
    if not seeds:
        return CONFIRMED
    return CONFIRMED.replace("fresh seeds", "1 fresh seed" if seeds == 1 else f"{seeds} fresh seeds")


def format_shown(objective: Objective, shown: Shown) -> str:
    """The number with its spread, both to the place of the spread's second digit."""
    return format_spread(objective, shown.value, shown.spread)
