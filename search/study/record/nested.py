"""What programs alone read of a trial in Optuna's record: values that are no number or text, which nothing sorts by.

They are system attributes there; for samplers they stand among user attributes, as in records of earlier versions.
"""

from __future__ import annotations

from typing import Any

from optuna.trial import FrozenTrial

FINDINGS, RUNGS = "findings", "rungs"


def read_nested(trial: FrozenTrial, name: str) -> dict[str, Any]:
    """What a trial has under one of these names; empty where it has nothing."""
    return dict(trial.system_attrs.get(name) or trial.user_attrs.get(name) or {})


def join_nested(trial: FrozenTrial) -> dict[str, Any]:
    """User attributes as samplers have them."""
    return {**trial.user_attrs, **{name: found for name in (FINDINGS, RUNGS) if (found := read_nested(trial, name))}}
