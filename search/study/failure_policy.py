"""The failure policy: when failures end a search. What makes a trial a failed one is decided in `make_trial`."""

from __future__ import annotations

from collections.abc import Collection

from search.jobs.trial import Trial

HOPELESS = 5
"""Failures from the first trial on, with no success among them, that end a search: our choice."""


def judge_failures(trials: Collection[Trial]) -> str:
    """Why a search stops with these trials, in the order in which they ended; empty while it goes on."""
    if len(trials) < HOPELESS or not all(trial.failed for trial in trials):
        return ""
    *_, last = trials
    return f"the first {len(trials)} trials all failed, the last one because: {last.reason}"
