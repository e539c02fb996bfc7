"""Train a supernet in another way than a search does, for as many multiply-accumulates; once, kept with its weights."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import fmean

import torch

from experiments.benchmarks.contestants.supernets import OtherSupernet, Repeat
from experiments.benchmarks.contestants.ways import WAYS
from experiments.benchmarks.delivery.lab import Lab
from search.jobs.job import Job, find_device
from search.jobs.members import Inherited
from search.problem.estimates import Estimates
from spaces.common.atomic_files import read_json, replacing, write_json
from spaces.draws import plan_draws
from spaces.networks.cost import compute_cost
from spaces.networks.supernet import build_supernet
from spaces.pattern.sharing_pattern import SharingPattern, hard_sharing
from trainers.batches.memory import load_split
from trainers.estimate import estimate
from trainers.recipe import stretch_recipe
from trainers.train import train

PRICED = 200  # patterns whose mean cost a step of one path is taken to have


def train_other_supernet(lab: Lab, name: str, epochs: int, seed: int) -> tuple[Inherited, Estimates]:
    """Its weights and what it tells of patterns.

    Args:
        lab: of the problem.
        name: of a way of `contestants.ways`.
        epochs: of a plain supernet that costs as much.
        seed: of weights, draws and batches.
    """
    job = lab.plan_supernet(stretch_recipe(lab.settings.trainer, epochs), seed)
    named = f"{job.fingerprint}-{name}"
    weights, told = job.outcome.with_name(f"{named}.pt"), job.outcome.with_name(f"{named}.json")
    if not (told.exists() and weights.exists()):
        _train(lab, job, name, told, weights)
    return Inherited(weights, named), Estimates(read_json(told), str(told))


def _train(lab: Lab, job: Job, name: str, told: Path, weights: Path) -> None:
    torch.set_num_threads(job.threads)
    where, tasks, way = find_device(), job.data.selected, WAYS[name]
    outputs = {task.name: task.output for task in tasks}
    price = partial(_price, job)
    draws = plan_draws(lab.settings.space, list(outputs), job.seed, lambda pattern: True)
    drawn = [draws.at(step) for step in range(PRICED)]
    mean = fmean(map(price, drawn))
    epochs = round(job.recipe.epochs / way.charge(_price_encoder(job), mean))
    recipe = stretch_recipe(job.recipe, epochs)
    recipe = replace(recipe, augment=(*recipe.augment, Repeat(way.paths)))
    training, judged = load_split(job.data, "train", where), load_split(job.data, "val", where)
    steps = epochs * (len(training) // job.recipe.batch_size)
    plain = build_supernet(job.pattern, draws, job.network, outputs, job.seed)
    network = OtherSupernet(plain, way, price, steps).to(where)
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # not in its stubs
    train(network, training, judged, tasks, recipe, job.seed, lambda epoch, values: None)
    found = estimate(network, draws.patterns, training, judged, tasks)
    with replacing(weights) as file:
        torch.save(network.state_dict(), file)
    write_json(told, found)


def _price(job: Job, pattern: SharingPattern) -> float:
    return compute_cost(
        pattern, job.network, {task.name: task.output for task in job.data.selected}, job.data.size
    ).macs


def _price_encoder(job: Job) -> float:
    """Multiply-accumulates of the one encoder of a tree: single-task networks have it once each, a tree once."""
    outputs = {task.name: task.output for task in job.data.selected}
    stages = job.network.encoder_stages, job.network.decoder_stages
    alone = [compute_cost(hard_sharing([each], *stages), job.network, outputs, job.data.size).macs for each in outputs]
    return (sum(alone) - _price(job, job.pattern)) / (len(alone) - 1)
