"""Why a run folder has no front, or a trial no weights, and the way to them: in words, for errors."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from spaces.common.formatting import format_list
from spaces.common.interpreter import spell_python

if TYPE_CHECKING:
    from search.jobs.trial import Trial


def explain_missing_front(path: Path, trials: Sequence[Trial]) -> str:
    """Why there is no front, and the way to one."""
    if not trials:
        return (
            f"{path} has no front, for no trial has finished yet: wait where the search still runs, or give its "
            "command again, which goes on with it"
        )
    last = trials[-1]
    return (
        f"{path} has no front, for all {len(trials)} of its trials failed, the last one, {last.number}, because: "
        f"{last.reason}. Mend that and give the command of the search again, with a larger trials=N if it had ended; "
        ".trials has every reason"
    )


def explain_missing_weights(path: Path, trial: Trial, kept: Sequence[int]) -> str:
    """Why a trial has no weights, and how to have them; kept are the numbers of trials that have theirs."""
    if not trial.complete:
        return (
            f"trial {trial.number} of {path} has no weights, for it {_say(trial)} because: {trial.reason}. Take one "
            f"whose weights are kept, here {format_list(kept) or 'none'}{_retry(trial)}"
        )
    return (
        f"trial {trial.number} of {path} has no weights: only those of the front's members and of what may yet be "
        f"on it are kept, here {format_list(kept) or 'none'}. Take one of these, or train it again as it was, which "
        f"keeps them: {_spell_training(path, trial.number)}"
    )


def _say(trial: Trial) -> str:
    return "failed" if trial.failed else f"was {trial.status}"


def _retry(trial: Trial) -> str:
    """How a failed one is trained again; of one that was given up there is nothing to mend."""
    if not trial.failed:
        return ""
    return (
        ", or mend that and give the command of the search again with retry=failed, which trains the patterns of "
        "failed trials again, as trials of new numbers"
    )


def _spell_training(path: Path, number: int) -> str:
    """The command that trains a trial again, as a shell takes it."""
    program = f"from search.load import load; load({str(path)!r}).train({number})"
    return f"{spell_python(anywhere=True)} -c {shlex.quote(program)}"
