"""Decisions as Optuna's record has them, and as spaces and samplers have them.

In the record a decision has a prefix, for spaces call some as metrics begin: ``depth.normals``, how long normals share
with others, beside ``depth.delta``, of a task. One that has a single option is no decision, and is left out. Records of
earlier versions have neither; they are read as they are. The prefix changes no order of names, by which samplers draw.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any

from optuna.distributions import CategoricalDistribution
from optuna.trial import FrozenTrial

from search.problem.problem import Problem
from search.study.record.nested import join_nested
from spaces.choices import record
from spaces.common.formatting import format_list
from spaces.errors import PatternError

PREFIX = "sharing/"
Options = dict[str, CategoricalDistribution]


def spell_name(name: str) -> str:
    """A decision's name in the record."""
    return f"{PREFIX}{name}"


def strip_names(params: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters of a record under the names that spaces have."""
    return {name.removeprefix(PREFIX): value for name, value in params.items()}


def list_options(problem: Problem, choices: Mapping[str, Any]) -> Options:
    """The distribution that each choice was drawn from.

    Raises:
        PatternError: the space can do nothing with them, for the file that they were read from was damaged.
    """
    options: Options = {}

    def choose(name: str, allowed: Sequence[Any]) -> Any:
        options[name] = CategoricalDistribution(tuple(allowed))
        return choices[name]

    try:
        problem.space.sample(choose, problem.tasks)
    except (KeyError, TypeError, ValueError) as error:
        told = ", ".join(f"{name}={value!r}" for name, value in choices.items())
        raise PatternError(
            f"choices {told[:200]} of a trial make no pattern of space={problem.space.name}: its file in trials/ was "
            "damaged from outside; restore it from a copy"
        ) from error
    return options


def spell_decisions(choices: Mapping[str, Any], options: Options) -> tuple[dict[str, Any], Options]:
    """What the record holds of choices: parameters and distributions of those that had an alternative."""
    free = [name for name in choices if len(options[name].choices) > 1]
    return {spell_name(name): choices[name] for name in free}, {spell_name(name): options[name] for name in free}


def show_choices(problem: Problem, choices: Mapping[str, Any]) -> dict[str, Any]:
    """What people are shown of choices, wherever that is: those that had an alternative, as the record spells them."""
    return spell_decisions(choices, list_options(problem, choices))[0]


class RecordReader:
    """Trials of a record as samplers have them: under the names of the space, with every choice.

    Args:
        problem: whose space asks for the choices.
    """

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._read: dict[int, tuple[FrozenTrial, FrozenTrial]] = {}

    def read(self, trial: FrozenTrial) -> FrozenTrial:
        """The trial; the study hands out the same object until something of it changes."""
        known = self._read.get(trial.number)
        if known is None or known[0] is not trial:
            known = self._read[trial.number] = trial, self._translate(trial)
        return known[1]

    def _translate(self, trial: FrozenTrial) -> FrozenTrial:
        found = copy.copy(trial)
        found.intermediate_values = {}  # for people; samplers have the rungs, and Optuna's know one objective alone
        found.user_attrs = join_nested(trial)
        if any(name.startswith(PREFIX) for name in trial.params) or not trial.params:
            found.params = self._complete(trial)
            found.distributions = dict(list_options(self._problem, found.params))
        return found

    def _complete(self, trial: FrozenTrial) -> dict[str, Any]:
        given = strip_names(trial.params)

        def choose(name: str, options: Sequence[Any]) -> Any:
            if name not in given and len(options) > 1:
                raise PatternError(f"choice '{name}' is missing: want one of {format_list(options)}")
            return given.get(name, options[0])

        return dict(record(self._problem.space, self._problem.tasks, choose).choices)
