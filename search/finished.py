"""From the outcome of a job to the trial that is kept: costs, deltas against the single-task networks, objectives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from search import objectives
from search.trial import COMPLETE, FAILED, Trial

if TYPE_CHECKING:
    from search.job import Job, Outcome
    from search.study import Candidate
    from trainers.tasks.task import Task


def finished(
    candidate: Candidate,
    job: Job,
    outcome: Outcome,
    reference: Mapping[str, float],
    tasks: Sequence[Task],
    wanted: Sequence[objectives.Objective],
) -> Trial:
    """The trial of a job that has ended.

    Args:
        candidate: what was asked for.
        job: what ran.
        outcome: how it ended.
        reference: mean headline metric of each task's single-task networks.
        tasks: of the run.
        wanted: the objectives.

    Returns:
        A complete trial with metrics and objectives, or a failed one with its reason.
    """
    trial = Trial(
        number=candidate.number,
        status=COMPLETE if outcome.complete else FAILED,
        key=candidate.pattern.key,
        choices=candidate.choices,
        pattern=candidate.pattern,
        macs=candidate.cost.macs,
        params=candidate.cost.params,
        curves=outcome.curves,
        findings=outcome.findings,
        seconds=outcome.seconds,
        reason=outcome.reason,
        node=outcome.node,
        epochs=len(outcome.curves.get("loss", ())),
        seed=job.seed,
        ended=outcome.ended,
    )
    if not outcome.complete:
        return trial
    metrics = {**outcome.metrics, **objectives.delta(outcome.metrics, reference, tasks)}
    return replace(trial, metrics=metrics, objectives=objectives.values(metrics, trial.macs, trial.params, wanted))
