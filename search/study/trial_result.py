"""From the outcome of a job to the trial that is kept: complete or failed, cost, deltas, objectives."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from search.jobs.job import Job, Outcome
from search.jobs.probe import ROBUSTNESS, WORKSPACE
from search.jobs.trial import COMPLETE, FAILED, Trial
from search.problem import deltas, objectives
from search.problem.bounds import Limits
from spaces.networks.cost import Cost
from trainers.robustness.aims import CONSISTENCY, list_aims
from trainers.tasks.task import Task

if TYPE_CHECKING:
    from search.study.study import Candidate


def make_trial(
    candidate: Candidate,
    job: Job,
    outcome: Outcome,
    reference: Mapping[str, float],
    tasks: Sequence[Task],
    wanted: Sequence[objectives.Objective],
    limits: Limits,
    whole: Mapping[str, float] | None = None,
    estimates: Mapping[str, float] | None = None,
    latency: Mapping[str, float] | None = None,
) -> Trial:
    """The trial of a job that has ended; it is decided here whether it has failed.

    Args:
        candidate: what was asked for.
        job: what ran.
        outcome: how it ended.
        reference: mean headline metric of each task's single-task networks.
        tasks: of the run.
        wanted: the objectives.
        limits: of the search; a gated network shows only after training whether it is within them.
        whole: mean values of all metrics of single-task networks, or None where they are not known.
        estimates: objectives by name as a supernet told them, or None.
        latency: its column, or None where it is not wanted.

    Returns:
        A complete trial with metrics and objectives, or a failed one with its reason.
    """
    trial = replace(_record(candidate, job, outcome, limits), estimates=dict(estimates or {}))
    if not trial.complete:
        return trial
    found = {**outcome.metrics, **tell_robustness(outcome, tasks)}
    metrics = {**found, **deltas.compute_delta(found, reference, tasks, whole)}
    metrics |= tell_workspace(outcome, metrics["delta_mtl"], reference, tasks) | dict(latency or {})
    values = objectives.collect_objectives(metrics, trial.macs, trial.params, wanted)
    return replace(trial, metrics=metrics, objectives=values | _count_undefined(values, tasks))


def _count_undefined(values: Mapping[str, float], tasks: Sequence[Task]) -> dict[str, float]:
    """Robustness that is not defined, as where a network says the same everywhere, counts as the worst there is."""
    undefined = [name for name, value in values.items() if not math.isfinite(value)]
    aims = list_aims(tasks) if undefined else {}
    worst = {name: aims[name].worst for name in undefined if name in aims}
    return {name: value for name, value in worst.items() if value is not None}


def tell_workspace(
    outcome: Outcome, delta: float, reference: Mapping[str, float], tasks: Sequence[Task]
) -> dict[str, float]:
    """Whether workspaces act: entropies as a share of the most, and points of delta_mtl that they are worth."""
    effect = outcome.findings.get(WORKSPACE)
    if not effect:
        return {}
    alone = deltas.compute_delta(effect["mean_only"], reference, tasks)["delta_mtl"]
    told = {"retrieval_entropy": effect["retrieval"], "read_entropy": effect["read"], "worth": delta - alone}
    return {f"{WORKSPACE}.{name}": value for name, value in told.items()}


def tell_robustness(outcome: Outcome, tasks: Sequence[Task]) -> dict[str, float]:
    """What was measured of robustness, under the names of its columns."""
    told: dict[str, float] = {}
    for prefix, values in outcome.findings.get(ROBUSTNESS, {}).items():
        numbers = {name: math.nan if value is None else float(value) for name, value in values.items()}
        if prefix.startswith(CONSISTENCY):
            told[prefix] = numbers["value"]
        else:
            told |= deltas.tell_changes(prefix, numbers, outcome.metrics, tasks)
    return told


def _record(candidate: Candidate, job: Job, outcome: Outcome, limits: Limits) -> Trial:
    """What ran, without what it is worth; failed where the training did or the pruned network is beyond a limit."""
    found = Cost(**outcome.cost) if outcome.cost else candidate.cost  # an earlier version left no cost
    beyond = outcome.complete and not limits.allow(found)
    return Trial(
        number=candidate.number,
        status=COMPLETE if outcome.complete and not beyond else FAILED,
        key=candidate.pattern.key,
        choices=candidate.choices,
        pattern=candidate.pattern,
        macs=found.macs,
        params=found.params,
        fixed=found.fixed,
        masks=outcome.masks,
        curves=outcome.curves,
        findings=outcome.findings,
        seconds=outcome.seconds,
        reason=_beyond(found, limits) if beyond else outcome.reason,
        node=outcome.node,
        epochs=outcome.epochs or len(outcome.curves.get("loss", ())),
        seed=job.seed,
        ended=outcome.ended,
        threads=job.threads,
        memory=outcome.memory,
        device=outcome.device if outcome.ended else "",  # a lost worker has not told where it was
        retry_of=candidate.retry_of,
        follows=candidate.follows,
    )


def add_leg(before: Trial, after: Trial) -> Trial:
    """A trial that went on after a pause: what its next leg told, with what was known before it."""
    return replace(
        after,
        seconds=before.seconds + after.seconds,
        rungs=before.rungs,
        epochs=max(before.epochs, after.epochs),  # a lost worker tells neither
        device=after.device or before.device,
        curves=after.curves or before.curves,
    )


def _beyond(found: Cost, limits: Limits) -> str:
    given = {"macs": limits.macs, "params": limits.params}
    over = {name: limit for name, limit in given.items() if limit is not None and getattr(found, name) > limit}
    words = [f"{getattr(found, name)} {name} > limits.{name}={limit:g}" for name, limit in over.items()]
    return (
        f"the pruned network is beyond a limit: {', '.join(words)}; lower the target rates of the space, or raise the "
        "weight of their penalty, trainer.gates.weight"
    )
