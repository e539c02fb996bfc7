from __future__ import annotations

from dataclasses import dataclass

import pytest
import torch
from torch import Tensor

from tests.trainers.robustness.rooms import TASKS, draw_split, train_network
from trainers.measure import measure
from trainers.robustness.ascent import AttackedSource, climb, find_slope, list_smooth_tasks
from trainers.robustness.attacks import ALIGNED, BOUNDS, Attack, list_attacks
from trainers.tasks.depth import Depth
from trainers.tasks.segmentation import INVALID, Segmentation

SPLIT = draw_split()
ATTACKS = list_attacks(TASKS)


@pytest.fixture(scope="module")
def network() -> torch.nn.Module:
    found = train_network(SPLIT, epochs=30)
    found.zero_grad()
    return found


def _loss(network: torch.nn.Module, images: Tensor, targets: dict[str, Tensor], attack: Attack) -> float:
    with torch.no_grad():
        outputs = network(images)
    return sum(float(task.weight * task.loss(outputs[task.name], targets[task.name])) for task in attack.tasks)


@pytest.mark.parametrize("name", ATTACKS)
@pytest.mark.parametrize("bound", [1.0, 8.0])
def test_losses_grow_within_the_ball(network: torch.nn.Module, name: str, bound: float) -> None:
    attack = ATTACKS[name]
    before = torch.cat([images for images, _ in SPLIT.batches(12, TASKS)])
    clean, attacked = 0.0, 0.0
    for start, (images, targets) in enumerate(AttackedSource(SPLIT, network, attack, bound, 0).batches(4, TASKS)):
        original = before[4 * start : 4 * start + 4]
        assert images.min() >= 0
        assert images.max() <= 1
        assert (images - original).abs().max() <= bound / 255 + 1e-6
        assert images.shape == original.shape
        assert not images.requires_grad
        clean += _loss(network, original, targets, attack)
        attacked += _loss(network, images, targets, attack)
    assert attacked > clean


def test_more_room_gives_more_loss(network: torch.nn.Module) -> None:
    attack, losses = ATTACKS["joint"], []
    for bound in BOUNDS:
        batches = AttackedSource(SPLIT, network, attack, bound, 0).batches(12, TASKS)
        losses.append(sum(_loss(network, images, targets, attack) for images, targets in batches))
    assert losses == sorted(losses)


def test_targets_stay_and_the_network_too(network: torch.nn.Module) -> None:
    weights = {name: value.clone() for name, value in network.state_dict().items()}
    (before, targets) = next(iter(SPLIT.batches(12, TASKS)))
    with torch.no_grad():  # as whoever measures has it
        _, kept = next(iter(AttackedSource(SPLIT, network, ATTACKS["joint"], 4.0, 0).batches(12, TASKS)))

    assert all(torch.equal(kept[name], target) for name, target in targets.items())
    assert torch.equal(kept["again"], before)
    assert all(torch.equal(weights[name], value) for name, value in network.state_dict().items())
    assert all(parameter.grad is None for parameter in network.parameters())


def test_the_seed_decides_the_start_and_the_batches_do_not(network: torch.nn.Module) -> None:
    def attack(seed: int, size: int) -> Tensor:
        source = AttackedSource(SPLIT, network, ATTACKS["depth"], 0.5, seed)
        rows = [range(start, min(12, start + size)) for start in range(0, 12, size)]
        batches = zip(SPLIT.batches(size, TASKS), rows, strict=True)
        begins = [source._draw_starts(images, numbers) for (images, _), numbers in batches]
        return torch.cat(begins)

    assert torch.equal(attack(0, 12), attack(0, 5))
    assert not torch.equal(attack(0, 12), attack(1, 12))
    assert attack(0, 12).abs().max() <= 0.5 / 255
    one, other = (
        next(iter(AttackedSource(SPLIT, network, ATTACKS["depth"], 0.5, 0).batches(12, TASKS)))[0] for _ in range(2)
    )
    assert torch.equal(one, other)


def test_an_attack_has_the_targets_of_its_task_though_another_is_measured(network: torch.nn.Module) -> None:
    source = AttackedSource(SPLIT, network, ATTACKS["depth"], 8.0, 0)
    found, clean = measure(network, source, TASKS[:1]), measure(network, SPLIT, TASKS[:1])
    assert clean["segmentation.pixel_accuracy"] > 0.4
    assert found["segmentation.pixel_accuracy"] < clean["segmentation.pixel_accuracy"]
    assert len(source.first(3)) == 3


def test_weighing_gradients_is_weighing_losses_place_by_place(network: torch.nn.Module) -> None:
    """Against the authors' way: each pixel's loss times the cosine, then one backward pass."""
    (task,) = ATTACKS["segmentation"].tasks
    images, targets = next(iter(SPLIT.batches(4, TASKS)))
    found = find_slope(network, images, targets, Attack("cospgd.segmentation", (task,), ALIGNED))

    images = images.clone().requires_grad_()
    logits, ids = network(images)["segmentation"], targets["segmentation"].long()
    entropy = torch.nn.functional.cross_entropy(logits, ids, ignore_index=INVALID, reduction="none")
    one_hot = torch.nn.functional.one_hot(ids, logits.shape[1]).permute(0, 3, 1, 2).float()
    weights = torch.nn.functional.cosine_similarity(logits.softmax(1), one_hot, dim=1).detach()
    (want,) = torch.autograd.grad((weights * entropy).sum() / (ids != INVALID).sum(), images)
    torch.testing.assert_close(found, want, rtol=1e-4, atol=1e-8)


def test_one_step_goes_to_the_rim_along_the_sign(network: torch.nn.Module) -> None:
    images, targets = next(iter(SPLIT.batches(4, TASKS)))
    attack = ATTACKS["depth"]
    moved = climb(network, images, targets, attack, 0.5, torch.zeros_like(images))
    slope = find_slope(network, images, targets, attack)
    torch.testing.assert_close(moved, (images + 0.5 / 255 * slope.sign()).clamp(0, 1))


@dataclass(frozen=True)
class Accuracy(Segmentation):
    """A segmentation that is trained by what has no gradient."""

    def loss(self, prediction: Tensor, target: Tensor) -> Tensor:
        return (prediction.argmax(1) != target).float().mean()


@dataclass(frozen=True)
class Deaf(Depth):
    """A depth whose loss does not hear the prediction."""

    def loss(self, prediction: Tensor, target: Tensor) -> Tensor:
        return (target.float() * torch.ones(1, requires_grad=True)).mean()


def test_tasks_without_gradient_are_found() -> None:
    assert list_smooth_tasks(TASKS, SPLIT) == TASKS
    rough = (Accuracy("segmentation", classes=6), Deaf("depth"), *TASKS[2:])
    assert list_smooth_tasks(rough, SPLIT) == TASKS[2:]
