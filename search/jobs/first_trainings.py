"""Networks that gated ones start from, trained before them by the same recipe, once for all trials of a seed.

InterroGate starts branches from trained networks (recalled; that they are shared between trials is our choice: with
equal seeds they are equal, so a training each would find them again). A file that is missing or damaged is no matter:
they are trained once more. So do two workers that begin at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import torch

from search.jobs.job import Job
from spaces.common.atomic_files import replacing
from spaces.errors import DataError
from spaces.networks.build import SharedNetwork
from spaces.pattern.sharing_pattern import SharingPattern, hard_sharing
from trainers.adopt import adopt_hard_sharing, adopt_single_task, share_all
from trainers.batches.source import Source
from trainers.inherit import inherit_weights
from trainers.tasks.task import Task
from trainers.train import train

Build = Callable[[SharingPattern, Sequence[Task]], SharedNetwork]


def count_first_epochs(job: Job) -> int:
    """Epochs of the networks that a gated job starts from, as if it were the only one."""
    initial = job.recipe.gates.initial
    return 0 if initial == "random" else (len(job.pattern.tasks) + (initial == "trained")) * job.recipe.epochs


def start_branches(
    job: Job, network: SharedNetwork, tasks: Sequence[Task], training: Source, judged: Source, build: Build
) -> None:
    """Start the branches of a gated network as its recipe has it; in place.

    Args:
        job: of the gated network.
        network: with the weights of the seed.
        tasks: that it trains.
        training: to train on.
        judged: what trainings are measured on as they go; nothing comes of it.
        build: makes the network of a pattern and some of the tasks, with the weights of the seed.
    """
    stages = len(job.pattern.encoder), len(job.pattern.decoder)

    def train_first(pattern: SharingPattern, some: Sequence[Task]) -> SharedNetwork:
        first, file = build(pattern, some), find_file(job, pattern, training.device.type)
        if file is not None and file.exists():
            try:
                inherit_weights(first, file)
            except DataError:
                first = build(pattern, some)
            else:
                return first
        train(first, training, judged, some, job.recipe, job.seed, report=lambda epoch, values: None)
        if file is not None:
            with replacing(file) as made:
                torch.save({name: tensor.cpu() for name, tensor in first.state_dict().items()}, made)
        return first

    if job.recipe.gates.initial != "random":
        for task in tasks:
            adopt_single_task(network, train_first(hard_sharing([task.name], *stages), [task]), task.name)
    if job.recipe.gates.initial == "trained":
        adopt_hard_sharing(network, train_first(share_all(job.pattern), tasks))


def find_file(job: Job, pattern: SharingPattern, device: str) -> Path | None:
    """Where a network that a job starts from is kept, named by all that its weights depend on."""
    if job.first is None:
        return None
    alone = replace(job, pattern=pattern, judged="val", probe=None, until=None, aims=(), tested=None)
    return job.first / f"{alone.training}-{device}.pt"
