"""A training that has ended before, taken up for its test alone."""

from __future__ import annotations

from dataclasses import replace

from torch import nn

from search.jobs.job import Job, Outcome
from search.jobs.outcome_files import read_result
from spaces.errors import DataError
from spaces.networks.weights.content import is_whole
from trainers.inherit import inherit_weights


def take_up(job: Job, network: nn.Module, device: str) -> Outcome | None:
    """Put the weights that a job's training has left into its network, in place, where they are there and whole.

    Args:
        job: that is to be tested; of a network without gates, for pruned ones have other weights.
        network: of the job, with weights of its seed.
        device: kind of device, "cpu" or "cuda", on which it must have been trained.

    Returns:
        The outcome of that training; None where it is to be done, and the network is as it was.
    """
    if job.trained is None or job.until or not is_whole(job.trained):
        return None
    found = read_result(name_untested(job), device)
    if found is None:
        return None
    try:
        inherit_weights(network, job.trained)
    except DataError:  # weights of something else
        return None
    return found


def name_untested(job: Job) -> Job:
    """The same training as a search has it, whose outcome lies beside the weights."""
    assert job.trained is not None
    return replace(job, tested=None, trained=None, outcome=job.trained.with_suffix(".json"))
