"""What Progressive Decoder Fusion reads from the history: the trials of its networks, and their similarities."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from spaces.choices import Proposal
from spaces.errors import DataError

if TYPE_CHECKING:
    from optuna.trial import FrozenTrial

TRIES = 2  # a worker may be lost, and without this network there is no tree: our choice


def find_trial(history: Sequence[FrozenTrial], proposal: Proposal) -> FrozenTrial | None:
    """The trial of a network: the one that runs or succeeded, else the last failure; None where it is to be trained."""
    trials = [trial for trial in history if trial.user_attrs["key"] == proposal.pattern.key]
    sound = [trial for trial in trials if trial.values or not trial.state.is_finished()]
    return sound[0] if sound else trials[-1] if len(trials) >= TRIES else None


def explain_failure(trial: FrozenTrial, role: str) -> str:
    """Why the algorithm cannot go on where a network that it needs has failed; its role is told."""
    reason = trial.user_attrs.get("reason", "no reason is known")
    return (
        f"trial {trial.number} failed, as the ones with the same pattern before it, and {role}: {reason}; "
        "mend this and start anew with run.name=NAME, or use another sampler"
    )


def read_similarity(trial: FrozenTrial, stage: int) -> np.ndarray:
    """A stage's matrix as the probe found it, rows in the order of the sorted tasks.

    Raises:
        DataError: the network failed, has no similarities, or damaged ones.
    """
    if not trial.values:
        raise DataError(explain_failure(trial, f"decides decoder stage {stage + 1}"))
    found = trial.user_attrs.get("findings", {}).get("similarity", {})
    if "stages" not in found:
        raise DataError(
            f"the similarities of trial {trial.number} decide decoder stage {stage + 1}, but there are none: "
            f"{found.get('refused', 'they were never measured')}; "
            "mend this and start anew with run.name=NAME, or use another sampler"
        )
    try:
        return np.array(found["stages"][stage], dtype=float)
    except (TypeError, ValueError, IndexError) as error:
        raise DataError(
            f"the similarities of trial {trial.number} are damaged ({error}); start anew with run.name=NAME"
        ) from error
