"""Ask one of Optuna's samplers for a proposal.

The proposal is drawn in a scratch study that holds the real one's trials, so the study of record only ever contains
patterns that are trained: refused and repeated proposals leave no trace, and the numbers of its trials have no gaps.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import optuna
from optuna.study import StudyDirection

from search.problem.objectives import MAXIMISE
from search.problem.problem import Problem
from search.samplers.sampler import Draw


def ask(sampler: optuna.samplers.BaseSampler, problem: Problem, history: Sequence[optuna.trial.FrozenTrial]) -> Draw:
    """Draw one set of choices from an Optuna sampler."""
    scratch = optuna.create_study(directions=list_directions(problem), sampler=sampler)
    with warnings.catch_warnings():
        # Trials of conditional spaces differ in their parameters, which some samplers remark on at every ask.
        warnings.simplefilter("ignore")
        scratch.add_trials(history)
        trial = scratch.ask()
        problem.space.sample(trial.suggest_categorical, problem.tasks)
    frozen = scratch.get_trials(deepcopy=False)[-1]
    return Draw(dict(frozen.params), dict(frozen.system_attrs))


def list_directions(problem: Problem) -> list[StudyDirection]:
    """The objectives' directions in Optuna's words."""
    return [StudyDirection.MAXIMIZE if o.direction == MAXIMISE else StudyDirection.MINIMIZE for o in problem.objectives]
