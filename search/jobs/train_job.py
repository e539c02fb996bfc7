"""What a worker does with a job: build, train, prune where there were gates, measure, save.

Between `search.jobs.job`, which keeps the outcome, and the trainers.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import partial
from statistics import fmean
from typing import Any

import torch

from search.jobs.checkpoint import read_checkpoint, write_checkpoint
from search.jobs.first_trainings import count_first_epochs, start_branches
from search.jobs.heartbeat import Heartbeat
from search.jobs.job import Job, Outcome, find_device
from search.jobs.members import ESTIMATES, TOLD, WEIGHTS, Members, digest_estimates
from search.jobs.probe import ROBUSTNESS, TESTED, WORKSPACE
from spaces.common.atomic_files import replacing
from spaces.common.machine_faults import find_machine_fault
from spaces.draws import plan_draws
from spaces.errors import DataError
from spaces.networks.build import SharedNetwork, build
from spaces.networks.cost import Cost, compute_cost, count_macs
from spaces.networks.supernet import Draws, Supernet, build_supernet
from spaces.networks.weights.content import digest_file
from spaces.networks.weights.published import load_published
from spaces.pattern.sharing_pattern import SharingPattern
from trainers.batches.memory import load_split
from trainers.batches.source import Source
from trainers.estimate import estimate
from trainers.inherit import inherit_weights
from trainers.measure import measure
from trainers.prune import prune_network
from trainers.robustness.measure_aims import measure_aims
from trainers.tasks.task import Task
from trainers.train import Report, TrainingError, train
from trainers.training_state import EVERY, LAST, Leg
from trainers.workspace_effect import measure_effect

PRICED = 1000  # patterns of a supernet whose mean cost is told


def train_job(job: Job, curves: dict[str, list[float]]) -> Outcome:
    """Do a job on this process's device, with as many threads as torch has.

    Args:
        job: what is wanted.
        curves: filled as it goes, so that a failure still shows how far it came.

    Returns:
        All that was found out; of a gated network the final metrics, cost and weights are those of the pruned one.

    Raises:
        Exception: whatever went wrong; the caller tells it.
    """
    where = find_device()
    tasks = tuple(task for task in job.data.selected if task.name in job.pattern.tasks)
    training, judged = load_split(job.data, "train", where), load_split(job.data, job.judged, where)
    network, state = _built(job, job.pattern, tasks, where=where), read_checkpoint(job)
    epochs = job.until or job.recipe.epochs
    if network.gated:
        epochs += count_first_epochs(job)
    if network.gated and state is None:
        start_branches(job, network, tasks, training, judged, partial(_built, job, where=where))

    heartbeat = Heartbeat(job)
    note = _follow(heartbeat, curves)
    keep = partial(write_checkpoint, job) if job.checkpoint else None
    leg = Leg(job.until, state, keep, LAST if job.tested else EVERY)  # nobody follows how a confirmation goes
    metrics = train(network, training, judged, tasks, job.recipe, job.seed, note, leg)
    if network.gated:
        network = prune_network(network, training, job.recipe.batch_size)
        metrics = measure(network, judged, tasks)
        price = count_macs(network, job.data.size)
    else:
        price = _price(job, network, tasks)
    _refuse_undefined(metrics, job.judged)
    if job.weights and not job.until:
        with replacing(job.weights) as file:
            torch.save({name: tensor.cpu() for name, tensor in network.state_dict().items()}, file)
    found, masks = (
        _found(job, network, training, judged, tasks, heartbeat),
        {name: list(layers) for name, layers in network.masks.items()},
    )
    if job.tested and not job.until:
        found[TESTED] = _test(job, network, load_split(job.data, job.tested, where), tasks)
    told = {name: curve for name, curve in curves.items() if len(curve) == len(curves["loss"])}
    return Outcome(metrics, told, found, asdict(price), masks, epochs)


def _follow(heartbeat: Heartbeat, curves: dict[str, list[float]]) -> Report:
    """Keeps the curves, and leaves how far the training is."""

    def note(epoch: int, values: Mapping[str, float]) -> None:
        heartbeat.beat(epoch, values)
        for name, value in values.items():
            curves.setdefault(name, []).append(value)

    return note


def _refuse_undefined(metrics: Mapping[str, float], split: str) -> None:
    undefined = [name for name, value in metrics.items() if not math.isfinite(value)]
    if undefined:
        raise TrainingError(f"{', '.join(undefined)} is not a finite number on the {split} split")


def _test(job: Job, network: SharedNetwork, split: Source, tasks: Sequence[Task]) -> dict[str, Any]:
    """What the finished network shows on a split that no part of its training has seen."""
    metrics = measure(network, split, tasks)
    _refuse_undefined(metrics, job.tested or "")
    return {"metrics": metrics, **({ROBUSTNESS: measure_aims(network, split, tasks, job.aims)} if job.aims else {})}


def _built(job: Job, pattern: SharingPattern, tasks: Sequence[Task], *, where: str) -> SharedNetwork:
    outputs = {task.name: task.output for task in tasks}
    if job.members is None:
        network = build(pattern, job.network, outputs, job.seed, job.recipe.gates.begin)
    else:
        draws = _plan_draws(job, job.members)
        network = build_supernet(pattern, draws, job.network, outputs, job.seed, job.recipe.gates.begin)
    if job.inherits is None:
        load_published(network, job.network)
    else:
        inherit_weights(network, *job.inherits.files)
    return network.to(where).to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # not in its stubs


def _price(job: Job, network: SharedNetwork, tasks: Sequence[Task]) -> Cost:
    """What the network costs; of a supernet the mean multiply-accumulates of its patterns, and all its parameters."""
    outputs = {task.name: task.output for task in tasks}
    if not isinstance(network, Supernet):
        return compute_cost(job.pattern, job.network, outputs, job.data.size)
    drawn = [network.draws.at(step) for step in range(min(PRICED, len(network.draws.patterns)))]
    macs = [compute_cost(each, job.network, outputs, job.data.size).macs for each in drawn]
    return Cost(round(fmean(macs)), sum(each.numel() for each in network.parameters()))


def _plan_draws(job: Job, members: Members) -> Draws:
    """Patterns by step, those within the limits."""
    outputs = {task.name: task.output for task in job.data.selected}

    def allows(pattern: SharingPattern) -> bool:
        return members.allow(compute_cost(pattern, job.network, outputs, job.data.size))

    return plan_draws(members.space, list(outputs), job.seed, allows)


def _found(
    job: Job,
    network: SharedNetwork,
    training: Source,
    judged: Source,
    tasks: Sequence[Task],
    heartbeat: Heartbeat,
) -> dict[str, Any]:
    """What the probe finds, whether workspaces act, and robustness where it is wanted; of a supernet estimates.

    A refusal is a finding too, for the training itself is sound.
    """
    if isinstance(network, Supernet):
        estimates = estimate(network, network.draws.patterns, training, judged, tasks, heartbeat.estimate)
        weights = digest_file(job.weights) if job.weights else ""
        return {ESTIMATES: estimates, WEIGHTS: weights, TOLD: digest_estimates(estimates)}
    found: dict[str, Any] = {ROBUSTNESS: measure_aims(network, judged, tasks, job.aims)} if job.aims else {}
    if job.until:
        return found
    if effect := measure_effect(network, judged, tasks):
        found[WORKSPACE] = effect
    if job.probe is None:
        return found
    try:
        return {**found, job.probe.name: job.probe.find(network, training)}
    except DataError as error:
        if find_machine_fault(error):
            raise
        return {**found, job.probe.name: {"refused": "; ".join(error.problems)}}
