"""What a tracker is told of trainings that are no trials: a supernet's, those to the end, those of a confirmation."""

from __future__ import annotations

from search.jobs.job import Job, Outcome
from search.jobs.probe import TESTED
from search.jobs.trial import Trial
from search.study.fronts.final_files import Final
from search.tracking.mlflow_values import list_numbers, list_params, list_tags
from search.tracking.tracker import Training
from spaces.drawing.one_line import describe_in_line
from spaces.pattern.key import network_key

MARK, TRIAL = "mark", "trial"  # tags: the word a pattern is pointed out by; number of the trial whose network it is


def describe_supernet(job: Job, outcome: Outcome) -> Training:
    """The training of all patterns at once.

    Metrics are those of the pattern that is measured after every epoch, multiply-accumulates the mean of all patterns',
    parameters those of their union. Estimates stand with each trial.
    """
    cost = {name: float(value) for name, value in outcome.cost.items()}
    numbers = {**outcome.metrics, **cost, "seconds": outcome.seconds, "epochs": float(outcome.epochs)}
    return Training(
        "supernet",
        job.fingerprint,
        {},
        numbers,
        outcome.curves,
        outcome.seconds,
        outcome.ended,
        outcome.reason,
        outcome.node,
        {"measured": job.pattern.key, "fingerprint": job.fingerprint, "seed": str(job.seed)},
    )


def describe_final(final: Final, mark: str = "") -> Training:
    """The training of a trial's network to the end; `mark` is the word that its pattern is pointed out by."""
    trial = final.trial
    return Training(
        f"final training of trial {trial.number}",
        f"{trial.key} {trial.ended:.0f}",
        list_params(trial),
        list_numbers(trial),
        trial.curves,
        trial.seconds,
        trial.ended,
        trial.reason,
        trial.node,
        {**list_tags(trial), TRIAL: str(trial.number), MARK: mark},
    )


def describe_confirmation(job: Job, outcome: Outcome, trial: Trial | None = None, mark: str = "") -> Training:
    """A training with a fresh seed: metrics under their own names are of the validation split, "test/" of the other.

    Args:
        job: of the training.
        outcome: what came of it.
        trial: whose network it is; None for a single-task network.
        mark: word that the pattern is pointed out by; empty for none.
    """
    tested = outcome.findings.get(TESTED, {}).get("metrics", {})
    numbers = {
        **outcome.metrics,
        **{f"test/{name}": float(value) for name, value in tested.items()},
        **{name: float(value) for name, value in outcome.cost.items()},
        "seconds": outcome.seconds,
        "epochs": float(outcome.epochs),
    }
    tags = {
        "key": job.pattern.key,
        "network_key": network_key(job.pattern, outcome.masks) if outcome.masks else job.pattern.key,
        "sharing": describe_in_line(job.pattern),
        "fingerprint": job.fingerprint,
        "seed": str(job.seed),
        TRIAL: str(trial.number) if trial else "",
        MARK: mark,
    }
    return Training(
        f"confirmation, {job.label}",
        job.fingerprint,
        list_params(trial) if trial else {},
        numbers,
        outcome.curves,
        outcome.seconds,
        outcome.ended,
        outcome.reason,
        outcome.node,
        tags,
    )
