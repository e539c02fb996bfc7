"""A training that has ended before, taken up for its test alone."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from search.jobs.job import Job, Outcome, find_device
from search.jobs.outcome_files import read_outcome
from spaces.errors import DataError
from spaces.networks.build import SharedNetwork
from spaces.networks.weights.content import is_whole
from trainers.batches.source import Source
from trainers.inherit import inherit_weights
from trainers.measure import measure
from trainers.tasks.task import Task

ALIKE, ALMOST = 1e-4, 0.05  # metrics' relative difference where a network is the same, on one kind of device and on two


def take_up(job: Job, network: SharedNetwork, judged: Source, tasks: Sequence[Task]) -> Outcome | None:
    """Put the weights that a job's training has left into its network, in place, if they show what they showed then.

    Args:
        job: that is to be tested; of a network without gates, for pruned ones have other weights.
        network: of the job, with weights of its seed; no longer so where nothing comes of it.
        judged: the split that the training was measured on.
        tasks: of the network.

    Returns:
        The outcome of that training; None where it is to be done again: weights or outcome are gone, damaged, or of
        another network.
    """
    if job.trained is None or job.until or not is_whole(job.trained):
        return None
    found = read_outcome(name_untested(job))
    if found is None or not found.complete:
        return None
    try:
        inherit_weights(network, job.trained)
    except DataError:
        return None
    most = ALIKE if found.device == find_device() else ALMOST
    now = measure(network, judged, tasks)
    same = all(math.isclose(now.get(name, math.nan), value, rel_tol=most) for name, value in found.metrics.items())
    return found if same else None


def name_untested(job: Job) -> Job:
    """The same training as a search has it, whose outcome lies beside the weights."""
    assert job.trained is not None
    return replace(job, tested=None, trained=None, outcome=job.trained.with_suffix(".json"))
