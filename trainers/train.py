"""One straight training loop."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import torch

from trainers import dot_regression
from trainers.batches.source import Source
from trainers.gating import gate_rates
from trainers.measure import measure, mixed_precision
from trainers.recipe import EQUAL
from trainers.tasks.task import Task
from trainers.trainer import Trainer
from trainers.training_state import Leg, TrainingState

Report = Callable[[int, dict[str, float]], None]
WHOLE = Leg()


class TrainingError(RuntimeError):
    """A training that went wrong by itself, such as a loss that is no number."""


def train(
    network: torch.nn.Module,
    training: Source,
    validation: Source,
    tasks: Sequence[Task],
    recipe: Trainer,
    seed: int,
    report: Report,
    leg: Leg = WHOLE,
) -> dict[str, float]:
    """Train a network in place.

    Args:
        network: ``(B, 3, H, W) in [0, 1] -> {task: (B, C, H, W) or (B, C)}``, on the splits' device.
        training: split to learn from.
        validation: split that is measured after every epoch.
        tasks: whose losses are weighed.
        recipe: epochs, optimiser, schedule, augmentation.
        seed: of the batch order and the augmentation.
        report: called after every epoch with its number, from 1, and its "loss", "<task>.loss" and
            "<task>.<metric>" values, "<task>.weight" of a weighting that changes, and the rates of gates where there
            are any; may raise to stop. Called for the epochs of earlier legs too.
        leg: the part of the training that is wanted; parts in a row give what the whole gives, bit for bit on a CPU.

    Returns:
        "<task>.<metric>" on the validation split after the leg's last epoch.

    Raises:
        TrainingError: a loss is not finite, with the task and the epoch.
    """
    torch.manual_seed(seed)  # for blocks that draw by themselves, such as dropout
    random = torch.Generator().manual_seed(seed)
    size = min(recipe.batch_size, len(training))
    steps = len(training) // size  # a last smaller batch is left out: batch-norm suffers from it
    device = training.device
    # A single task has nothing to weigh: it is trained alike under all weightings, which share the baselines.
    balance = (recipe.weighting if len(tasks) > 1 else EQUAL).begin(tasks, device)
    optimiser, schedule = recipe.optimiser(network, steps * recipe.epochs, balance)
    parameters = list(network.parameters())
    standing = TrainingState(network, optimiser, schedule, random, balance)
    if leg.state is not None:
        standing.take_up(leg.state, device)
    for epoch, values in enumerate(standing.reports, start=1):
        report(epoch, values)
    last = recipe.epochs if leg.until is None else leg.until

    with dot_regression.capture_features(network, tasks if recipe.dot_regression else ()) as tokens:
        for epoch in range(len(standing.reports) + 1, last + 1):
            network.train()
            recipe.gates.settled(network, epoch, recipe.epochs)
            balance.turn(standing.reports)
            order = torch.randperm(len(training), generator=random)[: steps * size]
            sums = {task.name: torch.zeros((), device=device) for task in tasks}
            for images, targets in training.batches(size, tasks, order):
                for augment in recipe.augment:
                    images, targets = augment(images, targets, tasks, random)
                with mixed_precision(device):
                    outputs = network(images)
                losses = {
                    task.name: task.loss(
                        outputs[task.name].float(), images if task.target_from_image else targets[task.name]
                    )
                    for task in tasks
                }
                terms = (
                    recipe.gates.penalty(network),
                    recipe.dot_regression * dot_regression.compute_loss(tokens, targets),
                )
                optimiser.zero_grad(set_to_none=True)
                balance.backward(losses, terms, parameters)
                optimiser.step()
                schedule.step()
                for name, loss in losses.items():
                    sums[name] += loss.detach()
            values = {f"{name}.loss": float(total) / steps for name, total in sums.items()}
            _refuse_non_finite(values, epoch)
            values["loss"] = sum(task.weight * values[f"{task.name}.loss"] for task in tasks)
            standing.metrics = measure(network, validation, tasks)
            standing.reports.append(values | standing.metrics | balance.used() | gate_rates(network))
            report(epoch, standing.reports[-1])
            standing.keep(leg, device)
    return standing.metrics


def _refuse_non_finite(losses: dict[str, float], epoch: int) -> None:
    """Checked once an epoch: a look at every step would make a GPU wait."""
    broken = [name.removesuffix(".loss") for name, loss in losses.items() if not math.isfinite(loss)]
    if broken:
        raise TrainingError(
            f"the loss of {', '.join(broken)} is not finite in epoch {epoch}: "
            "try a smaller trainer.lr, or look for extreme values in the data"
        )
