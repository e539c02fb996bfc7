"""What a tracker is told of trainings that are no trials: a supernet's, those to the end, those of a confirmation."""

from __future__ import annotations

from search.jobs.job import Job, Outcome
from search.jobs.probe import TESTED
from search.study.fronts.final_files import Final
from search.tracking.mlflow_values import list_numbers, list_params, list_tags
from search.tracking.tracker import Training


def describe_supernet(job: Job, outcome: Outcome) -> Training:
    """The training of all patterns at once.

    Metrics are those of the pattern that is measured after every epoch, multiply-accumulates the mean of all patterns',
    parameters those of their union. Estimates stand with each trial.
    """
    cost = {name: float(value) for name, value in outcome.cost.items()}
    numbers = {**outcome.metrics, **cost, "seconds": outcome.seconds, "epochs": float(outcome.epochs)}
    params = {"measured": job.pattern.key, "fingerprint": job.fingerprint, "seed": str(job.seed)}
    return Training(
        "supernet",
        job.fingerprint,
        params,
        numbers,
        outcome.curves,
        outcome.seconds,
        outcome.ended,
        outcome.reason,
        outcome.node,
    )


def describe_final(final: Final) -> Training:
    """The training of a trial's network to the end."""
    trial = final.trial
    return Training(
        f"final training of trial {trial.number}",
        f"{trial.key} {trial.ended:.0f}",
        {**list_params(trial), **list_tags(trial)},
        list_numbers(trial),
        trial.curves,
        trial.seconds,
        trial.ended,
        trial.reason,
        trial.node,
    )


def describe_confirmation(job: Job, outcome: Outcome) -> Training:
    """A training with a fresh seed: metrics under their own names are of the validation split, "test/" of the other."""
    tested = outcome.findings.get(TESTED, {}).get("metrics", {})
    numbers = {
        **outcome.metrics,
        **{f"test/{name}": float(value) for name, value in tested.items()},
        **{name: float(value) for name, value in outcome.cost.items()},
        "seconds": outcome.seconds,
        "epochs": float(outcome.epochs),
    }
    params = {"key": job.pattern.key, "fingerprint": job.fingerprint, "seed": str(job.seed)}
    return Training(
        f"confirmation, {job.label}",
        job.fingerprint,
        params,
        numbers,
        outcome.curves,
        outcome.seconds,
        outcome.ended,
        outcome.reason,
        outcome.node,
    )
