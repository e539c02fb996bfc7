"""Training a network: one straight loop over epochs and steps, the same for every pattern of a search."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import torch
from torch import Tensor

from trainers import dot_regression
from trainers.batches.source import Source
from trainers.dot_regression import Captured
from trainers.gating import gate_rates
from trainers.measure import measure, mixed_precision
from trainers.recipe import EQUAL
from trainers.tasks.task import Task
from trainers.trainer import Trainer
from trainers.training_state import EVERY, Leg, TrainingState

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
        validation: split that is measured after every epoch, or as the leg says.
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
        TrainingError: a loss is not finite, with the task and the epoch, or has no gradient.
    """
    size = min(recipe.batch_size, len(training))
    steps = len(training) // size  # a last smaller batch is left out: batch-norm suffers from it
    device = training.device
    state = _begin(network, tasks, recipe, seed, steps, device)
    if leg.state is not None:
        state.take_up(leg.state, device)
    for epoch, values in enumerate(state.reports, start=1):
        report(epoch, values)
    last = recipe.epochs if leg.until is None else leg.until

    with dot_regression.capture_features(network, tasks if recipe.dot_regression else ()) as tokens:
        for epoch in range(len(state.reports) + 1, last + 1):
            losses = _learn_epoch(state, training, size, tasks, recipe, tokens)
            _refuse_non_finite(losses, epoch)
            losses["loss"] = sum(task.weight * losses[f"{task.name}.loss"] for task in tasks)
            state.metrics = measure(network, validation, tasks) if leg.measured == EVERY or epoch == last else {}
            state.reports.append(losses | state.metrics | state.weighting.used() | gate_rates(network))
            report(epoch, state.reports[-1])
            state.keep(leg, device)
    return state.metrics


def _begin(
    network: torch.nn.Module, tasks: Sequence[Task], recipe: Trainer, seed: int, steps: int, device: torch.device
) -> TrainingState:
    """Where a training stands before its first step, of so many an epoch."""
    torch.manual_seed(seed)  # for blocks that draw by themselves, such as dropout
    random = torch.Generator().manual_seed(seed)
    # A single task has nothing to weigh: it is trained alike under all weightings, which share the baselines.
    balance = (recipe.weighting if len(tasks) > 1 else EQUAL).begin(tasks, device)
    optimiser, schedule = recipe.optimiser(network, steps * recipe.epochs, balance)
    return TrainingState(network, optimiser, schedule, random, balance)


def _learn_epoch(
    state: TrainingState, training: Source, size: int, tasks: Sequence[Task], recipe: Trainer, tokens: Captured
) -> dict[str, float]:
    """Pass once over the training split, in whole batches.

    Returns:
        "<task>.loss", the mean over the steps.
    """
    network, random = state.network, state.random
    network.train()
    recipe.gates.settle_gates(network, len(state.reports) + 1, recipe.epochs)
    state.weighting.turn(state.reports)
    parameters = list(network.parameters())
    steps = len(training) // size
    order = torch.randperm(len(training), generator=random)[: steps * size]
    sums = {task.name: torch.zeros((), device=training.device) for task in tasks}
    for images, targets in training.batches(size, tasks, order):
        for augment in recipe.augment:
            images, targets = augment(images, targets, tasks, random)
        losses = _compute_losses(network, images, targets, tasks, training.device)
        _refuse_constant(losses)
        terms = (
            recipe.gates.penalty(network),
            recipe.dot_regression * dot_regression.compute_loss(tokens, targets),
        )
        state.optimiser.zero_grad(set_to_none=True)
        state.weighting.backward(losses, terms, parameters)
        state.optimiser.step()
        state.schedule.step()
        for name, loss in losses.items():
            sums[name] += loss.detach()
    return {f"{name}.loss": float(total) / steps for name, total in sums.items()}


def _compute_losses(
    network: torch.nn.Module, images: Tensor, targets: Mapping[str, Tensor], tasks: Sequence[Task], device: torch.device
) -> dict[str, Tensor]:
    """Loss of every task on a batch, not weighed."""
    with mixed_precision(device):
        outputs = network(images)
    return {
        task.name: task.loss(outputs[task.name].float(), images if task.target_from_image else targets[task.name])
        for task in tasks
    }


def _refuse_constant(losses: Mapping[str, Tensor]) -> None:
    """Torch would say so without a task's name; of several tasks one that has nothing to learn on a batch may pass."""
    if not any(loss.requires_grad for loss in losses.values()):
        raise TrainingError(
            f"the loss of {', '.join(losses)} has no gradient, so nothing can be learned from it: compute it of the "
            "prediction by torch's operations, without detach, item, numpy or argmax on the way"
        )


def _refuse_non_finite(losses: dict[str, float], epoch: int) -> None:
    """Checked once an epoch: a look at every step would make a GPU wait."""
    broken = [name.removesuffix(".loss") for name, loss in losses.items() if not math.isfinite(loss)]
    if broken:
        raise TrainingError(
            f"the loss of {', '.join(broken)} is not finite in epoch {epoch}: "
            "try a smaller trainer.lr, or look for extreme values in the data"
        )
