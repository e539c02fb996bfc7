"""Who should share what by a supernet: effects on the estimates of many patterns, kept beside the trials for the page.

A default search trains few networks, which tell nothing of so many effects; its supernet has estimated all patterns.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from search.report.page.sharing_effects import FEWEST, Effect, fit_effects
from search.samplers.candidates import collect_candidates
from spaces.common.atomic_files import read_json, write_json
from spaces.errors import UserError

if TYPE_CHECKING:
    from search.problem.objectives import Objective
    from search.problem.problem import Problem

KEPT = ".estimated_effects.json"  # in a run folder; the search that has a supernet writes it anew
MOST = 500  # patterns that are looked at, drawn from all; a second, our choice


def write_estimated_effects(folder: Path, problem: Problem, objective: Objective) -> None:
    """Keep the effects on the estimates of a problem that has some; nothing where few patterns are estimated.

    Raises:
        DataError: the estimates lack a pattern that is within the limits.
    """
    assert problem.estimates is not None
    every = [each.pattern for each in collect_candidates(problem.space, problem.tasks, (), seed=0)]
    found = [pattern for pattern in every if problem.allows(pattern)]  # the supernet has no others
    if len(found) > MOST:
        found = random.Random(0).sample(found, MOST)
    values = [problem.estimates(pattern)[objective.name] for pattern in found]
    told = [(pattern, value) for pattern, value in zip(found, values, strict=True) if math.isfinite(value)]
    if len(told) < FEWEST:
        return
    effects = fit_effects([pattern for pattern, _ in told], np.array([value for _, value in told]))
    write_json(folder / KEPT, {"objective": objective.name, "effects": [asdict(each) for each in effects]})


def read_estimated_effects(folder: Path, objective: str) -> Sequence[Effect]:
    """What a run folder has of an objective; of what is missing or damaged, nothing."""
    try:
        kept = read_json(folder / KEPT)
        if kept["objective"] != objective:
            return ()
        return tuple(_read_effect(each) for each in kept["effects"])
    except (UserError, OSError, TypeError, KeyError, ValueError, OverflowError):
        return ()


def _read_effect(kept: dict[str, Any]) -> Effect:
    one, other = kept["pair"]
    value, sd = float(kept["value"]), float(kept["sd"])
    if not isinstance(kept["pair"], list) or not all(map(math.isfinite, (value, sd))):
        raise ValueError("no effect")
    counts = (int(kept["sharing"]), int(kept["trials"]), int(kept.get("twins", 1)))  # earlier versions have no twins
    return Effect(str(kept["stage"]), (str(one), str(other)), value, sd, *counts)
