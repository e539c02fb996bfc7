"""Trials in the study that another program put there: Optuna's own calls, or its dashboard.

One that waits is trained where its choices make a pattern that is new; all others are named and left as they are.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import optuna
from optuna.trial import FrozenTrial, TrialState

from search.problem.problem import Problem
from search.study.record.attributes import STATUS
from search.study.record.decisions import Options, spell_decisions, spell_name, strip_names
from spaces.choices import Proposal, record, replay
from spaces.common.formatting import format_list
from spaces.drawing.one_line import describe_in_line
from spaces.errors import PatternError

KEY = "key"  # attribute of every trial that this search has asked for
TOLD = (STATUS, "metrics")  # one of them once it has told how the trial ended; the last one in early versions
SHARING = "sharing"  # of it as well: the pattern in a line
FIXED = "fixed_params"  # where Optuna keeps what a trial was queued with


def is_own(trial: FrozenTrial, trials: Path) -> bool:
    """Whether this search has asked for a trial and, if it has ended, has ended it.

    Args:
        trial: of the study.
        trials: folder of the trials' files; those of early versions are known by them alone.
    """
    if KEY not in trial.user_attrs or trial.state == TrialState.WAITING:
        return False
    return (
        not trial.state.is_finished()
        or any(map(trial.user_attrs.__contains__, TOLD))
        or (trials / f"{trial.number:04d}.json").exists()
    )


def complete_choices(problem: Problem, trial: FrozenTrial, rng: random.Random) -> Proposal:
    """The pattern of a trial that waits; decisions that it leaves open are drawn.

    Raises:
        PatternError: it decides something that the space does not ask for, or otherwise than the space allows.
    """
    wanted = strip_names({**trial.params, **trial.system_attrs.get(FIXED, {})})

    def choose(name: str, options: Sequence[Any]) -> Any:
        if name in wanted and wanted[name] not in options:
            raise PatternError(f"{spell_name(name)}={wanted[name]}: want one of {format_list(options)}")
        return wanted.get(name, rng.choice(options))

    drawn = record(problem.space, problem.tasks, choose)
    return replay(problem.space, problem.tasks, {**drawn.choices, **wanted})


def find_problem(problem: Problem, proposal: Proposal, known: Collection[str]) -> str:
    """Why a pattern that waits is not trained; empty where it is.

    Args:
        problem: of the search.
        proposal: that waits.
        known: names of the networks that are trained or running, without failed ones.
    """
    if problem.identify(proposal.pattern) in known:
        return "its pattern is trained already"
    return "" if problem.allows(proposal.pattern) else "its pattern is beyond the limits"


def begin_queued(study: optuna.Study, trial: FrozenTrial, proposal: Proposal, options: Options) -> None:
    """Make a trial that waits one of this search, running; a crash on the way leaves it waiting.

    Raises:
        ValueError: another program has used the names of its choices for something else.
    """
    storage, number = study._storage, trial._trial_id
    params, kinds = spell_decisions(proposal.choices, options)
    for name, value in params.items():
        storage.set_trial_param(number, name, kinds[name].to_internal_repr(value), kinds[name])
    storage.set_trial_user_attr(number, SHARING, describe_in_line(proposal.pattern))
    storage.set_trial_user_attr(number, KEY, proposal.pattern.key)
    storage.set_trial_state_values(number, state=TrialState.RUNNING)


def describe_left(trials: Sequence[FrozenTrial]) -> str:
    """A sentence on trials of others that do not wait; empty where there are none."""
    if not trials:
        return ""
    shown = format_list(f"{trial.number} ({trial.state.name.lower()})" for trial in trials)
    many = "trial was" if len(trials) == 1 else "trials were"
    return f"study.journal: {len(trials)} {many} begun or ended by another program, and left as they are: {shown}"
