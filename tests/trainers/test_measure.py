from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest
import torch

from trainers import measure as module
from trainers.batches.memory import Split
from trainers.batches.source import Batch
from trainers.measure import find_target, measure, measure_together, mixed_precision
from trainers.tasks import Task
from trainers.tasks.autoencoder import Autoencoder
from trainers.tasks.classification import Classification
from trainers.tasks.depth import Depth

TASKS: tuple[Task, ...] = (Depth("depth"), Autoencoder("again"), Classification("kind", 3))
IMAGES = 10


@pytest.fixture
def split() -> Split:
    draw = torch.Generator().manual_seed(0)
    images = torch.randint(0, 256, (IMAGES, 3, 4, 6), generator=draw, dtype=torch.uint8)
    depth = torch.rand((IMAGES, 1, 4, 6), generator=draw) * 3
    depth[depth < 0.5] = 0
    kind = torch.randint(-1, 3, (IMAGES,), generator=draw, dtype=torch.int16)
    return Split(images, {"depth": depth, "kind": kind})


class Guess(torch.nn.Module):
    """Answers that depend on the image alone, but for the mode; their sizes are noted."""

    def __init__(self) -> None:
        super().__init__()
        self.sizes: list[int] = []

    def forward(self, images: torch.Tensor) -> dict[str, torch.Tensor]:
        assert not torch.is_grad_enabled()
        self.sizes.append(len(images))
        mean = images.mean(1, keepdim=True) + (100 if self.training else 0)
        return {"depth": 2 * mean, "again": images**2, "kind": images.mean((2, 3))}


@pytest.mark.parametrize("size", [1, 3, 10, 64])
def test_it_is_the_metric_of_the_whole_split_whatever_the_batches(split: Split, size: int) -> None:
    guess = Guess().train()
    images = split.images.float() / 255
    expected = {}
    with torch.no_grad():
        outputs = Guess().eval()(images)
    for task in TASKS:
        target = images if task.target_from_image else split.targets[task.name]
        values = task.metrics(task.statistics(outputs[task.name], target))
        expected |= {f"{task.name}.{name}": value for name, value in values.items()}

    found = measure(guess, split, TASKS, size)

    assert found == pytest.approx(expected, rel=1e-6)
    assert list(found) == [f"{task.name}.{metric.name}" for task in TASKS for metric in task.table]
    assert not guess.training
    assert sum(guess.sizes) == IMAGES
    assert max(guess.sizes) == min(size, IMAGES)


def test_only_the_tasks_that_are_asked_for_are_measured(split: Split) -> None:
    assert {name.partition(".")[0] for name in measure(Guess(), split, TASKS[:1])} == {"depth"}


@pytest.mark.parametrize(("pixels", "most"), [(2 * 24, 2), (1, 1), (2**20, 10)])
def test_large_images_come_in_small_batches(
    split: Split, monkeypatch: pytest.MonkeyPatch, pixels: int, most: int
) -> None:
    monkeypatch.setattr(module, "PIXELS", pixels)
    guess = Guess()
    measure(guess, split, TASKS)
    assert max(guess.sizes) == most


def test_networks_side_by_side_measure_as_each_alone(split: Split) -> None:
    two = [Guess(), torch.nn.Identity()]
    two[1].forward = lambda images: {name: each / 2 for name, each in Guess().eval()(images).items()}
    found = measure_together(two, split, TASKS, 4)
    assert found == [measure(network, split, TASKS, 4) for network in two]
    assert found[0] != found[1]
    assert measure_together([], split, TASKS) == []


def test_a_source_may_say_which_image_was_the_one_before(split: Split) -> None:
    images, targets = next(iter(split.batches(2, TASKS)))
    again, depth = TASKS[1], TASKS[0]
    assert find_target(again, images, targets) is images
    assert find_target(again, images, {**targets, "again": images / 2}) is not images
    assert find_target(depth, images, targets) is targets["depth"]


class Asked(Split):
    """Notes what it is asked for."""

    def batches(self, size: int, tasks: Sequence[Task], order: torch.Tensor | None = None) -> Iterator[Batch]:
        assert order is None  # as it is, not drawn
        return super().batches(size, tasks, order)


def test_the_split_is_measured_in_its_order(split: Split) -> None:
    asked = Asked(split.images, split.targets)
    assert measure(Guess(), asked, TASKS) == measure(Guess(), split, TASKS)


def test_numbers_on_a_cpu_have_full_precision() -> None:
    with mixed_precision(torch.device("cpu")):
        product = torch.ones(2, 2) @ torch.full((2, 2), 1 / 3)
    assert product.dtype == torch.float32
