"""Estimates of all patterns on shared weights, by walking once."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from torch.nn.modules.batchnorm import _BatchNorm

from spaces.branching import Branching
from spaces.choices import Space, enumerate_patterns
from spaces.draws import plan_draws
from spaces.fusion import Fusion
from spaces.networks.family import Family
from spaces.networks.pdf import Pdf
from spaces.networks.resnets import ResNet
from spaces.networks.small import Small
from spaces.networks.supernet import Supernet, build_supernet
from spaces.networks.vit import Vit
from spaces.pattern.computations import Computations
from spaces.pattern.sharing_pattern import SharingPattern, separate_decoders
from spaces.routing import Routing
from spaces.workspace import Workspaces
from tests.tiny import write_tiny
from trainers import estimate as module
from trainers.batches.memory import Split, load_split
from trainers.data.npz import Npz
from trainers.estimate import Table, estimate, estimate_alone
from trainers.recipe import Recipe
from trainers.tasks.autoencoder import Autoencoder
from trainers.tasks.task import Task
from trainers.train import train

FAMILY = Small(encoder_widths=(4, 6), decoder_width=4)
ONE_WORKSPACE: dict[str, Any] = {"slots": (4,), "widths": (8,), "top_ks": (0.5,), "etfs": (0,)}
ONE_ROUTE: dict[str, Any] = {
    "ratios": (0.5,),
    "primitive_sets": ("identity+shift",),
    "recombinations": ("dense",),
    "kernels": (3,),
    "flows": ("mixed",),
    "norms": ("task",),  # one for all tasks is calibrated on the last of them where a pattern is estimated alone
}


@pytest.fixture
def data(tmp_path: Path) -> Npz:
    folder = write_tiny(tmp_path / "data", images=12)
    return Npz(root=str(folder), spec=str(folder / "spec.yaml"))


def make(space: Space, data: Npz, tasks: tuple[Task, ...], family: Family = FAMILY) -> Supernet:
    """A supernet after a few steps, so that no weight and no statistic is as it was in the beginning."""
    outputs = {task.name: task.output for task in tasks}
    draws = plan_draws(space, tuple(outputs), 0, lambda pattern: True)
    shown = separate_decoders(list(outputs), family.encoder_stages, family.decoder_stages)
    supernet = build_supernet(shown, draws, family, outputs, 0)
    splits = load_split(data, "train", "cpu"), load_split(data, "val", "cpu")
    train(supernet, *splits, tasks, Recipe(epochs=2, batch_size=4, lr=0.02), 0, lambda epoch, values: None)
    return supernet


def patterns_of(space: Space, tasks: tuple[Task, ...]) -> list[SharingPattern]:
    return [each.pattern for each in enumerate_patterns(space, tuple(task.name for task in tasks))]


def look_up(table: Table, pattern: SharingPattern) -> dict[str, float]:
    reads = Computations().walk(pattern)
    return {f"{task}.{name}": v for task, each in reads.items() for name, v in table[task][each[-1].key].items()}


def check_equal(table: Table, supernet: Supernet, patterns: list[SharingPattern], data: Npz, tasks: Any) -> None:
    training, judged = load_split(data, "train", "cpu"), load_split(data, "val", "cpu")
    for pattern in patterns:
        alone = estimate_alone(supernet, pattern, training, judged, tasks)
        assert look_up(table, pattern) == pytest.approx(alone, rel=1e-5, abs=1e-5), pattern.key


@pytest.mark.parametrize(
    ("space", "family"),
    [
        (Fusion(3, 3), Small(encoder_widths=(4, 6, 8), decoder_width=4)),
        (Branching(2, 2), FAMILY),
        *((Workspaces(2, 2, **ONE_WORKSPACE, tying=tying), FAMILY) for tying in ("none", "scales", "tasks+scales")),
        (Routing(2, 2, **ONE_ROUTE), FAMILY),
    ],
    ids=lambda each: type(each).__name__,
)
def test_it_equals_estimating_every_pattern_alone(space: Space, family: Family, data: Npz) -> None:
    tasks = data.selected
    supernet, patterns = make(space, data, tasks, family), patterns_of(space, tasks)
    assert len(patterns) > 2
    table = estimate(supernet, patterns, load_split(data, "train", "cpu"), load_split(data, "val", "cpu"), tasks)
    check_equal(table, supernet, patterns, data, tasks)


@pytest.mark.parametrize(
    ("space", "family", "size"),
    [
        (Fusion(2, 2), Vit(width=16, depth=2, heads=2, patch=8, grid=4, stages=2, decoder_width=4), 32),
        (Branching(4, 4), ResNet(width=4, decoder_width=4), 52),  # padded to 64
        (Fusion(6, 5), Pdf(), 64),
    ],
    ids=lambda each: type(each).__name__,
)
def test_encoders_of_all_kinds_make_a_supernet(space: Space, family: Family, size: int, tmp_path: Path) -> None:
    folder = write_tiny(tmp_path / "data", images=6, size=size)
    data = Npz(root=str(folder), spec=str(folder / "spec.yaml"))
    tasks = data.selected[:2]
    supernet, patterns = make(space, data, tasks, family), patterns_of(space, tasks)[:2]
    table = estimate(supernet, patterns, load_split(data, "train", "cpu"), load_split(data, "val", "cpu"), tasks)
    check_equal(table, supernet, patterns, data, tasks)


def test_the_judged_images_may_come_in_several_passes(data: Npz, monkeypatch: pytest.MonkeyPatch) -> None:
    """A task that rebuilds the image is judged by the image of its own pass."""
    tasks = (*data.selected, Autoencoder("again"))
    space = Fusion(2, 2)
    supernet, patterns = make(space, data, tasks), patterns_of(space, tasks)
    splits = load_split(data, "train", "cpu"), load_split(data, "val", "cpu")
    whole = estimate(supernet, patterns, *splits, tasks)
    sizes: list[int] = []
    supernet.blocks["encoder1/again+brightness+colour+depth"].register_forward_hook(
        lambda block, given, output: sizes.append(len(output))
    )
    # As many calibration images as before, the judged ones five at a time.
    monkeypatch.setattr(module, "PIXELS", 5 * math.prod(splits[1].size))
    monkeypatch.setattr(module, "_calibration", lambda training: _first(training, 12))
    parts = estimate(supernet, patterns, *splits, tasks)
    assert sizes == [12, 5, 12, 5, 12, 2]
    for task, reads in whole.items():
        assert reads.keys() == parts[task].keys()
        for key, metrics in reads.items():
            assert parts[task][key] == pytest.approx(metrics, rel=1e-5, abs=1e-6)


def _first(training: Split, count: int) -> torch.Tensor:
    return next(iter(training.batches(count, ())))[0]


def test_every_computation_is_made_once_a_pass(data: Npz) -> None:
    tasks, space = data.selected, Fusion(2, 2)
    supernet, patterns = make(space, data, tasks), patterns_of(space, tasks)
    calls = 0

    def count(*_: object) -> None:
        nonlocal calls
        calls += 1

    for block in supernet.blocks.values():
        block.register_forward_hook(count)
    estimate(supernet, patterns, load_split(data, "train", "cpu"), load_split(data, "val", "cpu"), tasks)
    assert calls == 2 * (2 + 3**3 - 1)  # calibration and judged images: two encoder stages, one a chain of groups


def test_it_leaves_weights_statistics_step_and_momentum_as_they_were(data: Npz) -> None:
    tasks, space = data.selected, Fusion(2, 2)
    supernet = make(space, data, tasks)
    norms = [part for part in supernet.modules() if isinstance(part, _BatchNorm)]
    norms[0].momentum, norms[1].momentum = 0.3, None
    before = {name: tensor.clone() for name, tensor in supernet.state_dict().items()}
    momenta = [norm.momentum for norm in norms]
    estimate(
        supernet, patterns_of(space, tasks), load_split(data, "train", "cpu"), load_split(data, "val", "cpu"), tasks
    )
    assert [norm.momentum for norm in norms] == momenta
    assert not any(part.training for part in supernet.modules())
    assert torch.is_grad_enabled()
    assert [name for name, tensor in supernet.state_dict().items() if not torch.equal(tensor, before[name])] == []


class Broken(Split):
    """Data that cannot be read."""

    def batches(self, size: int, tasks: Any, order: torch.Tensor | None = None) -> Iterator[Any]:
        raise OSError("no such disk")


def test_momentum_is_back_where_it_fails(data: Npz) -> None:
    tasks, space = data.selected, Fusion(2, 2)
    supernet = make(space, data, tasks)
    training = load_split(data, "train", "cpu")
    with pytest.raises(OSError, match="no such disk"):
        estimate(supernet, patterns_of(space, tasks), training, Broken(training.images, {}), tasks)
    assert {part.momentum for part in supernet.modules() if isinstance(part, _BatchNorm)} == {0.1}


def test_estimates_are_the_same_whatever_was_estimated_before_and_with_it(data: Npz) -> None:
    tasks, space = data.selected, Fusion(2, 2)
    supernet, patterns = make(space, data, tasks), patterns_of(space, tasks)
    splits = load_split(data, "train", "cpu"), load_split(data, "val", "cpu")
    whole = estimate(supernet, patterns, *splits, tasks)
    again = estimate(supernet, reversed(patterns), *splits, tasks)
    few = estimate(supernet, patterns[3:5], *splits, tasks)
    assert again == whole
    assert all(look_up(few, pattern) == look_up(whole, pattern) for pattern in patterns[3:5])


@pytest.mark.parametrize(("pixels", "count"), [(2**20, 64), (10 * 16 * 16, 10), (1, 2)])
def test_statistics_are_taken_of_few_large_images_but_of_two_at_least(
    pixels: int, count: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_tiny(tmp_path / "more", images=70)
    data = Npz(root=str(folder), spec=str(folder / "spec.yaml"))
    monkeypatch.setattr(module, "PIXELS", pixels)
    training = load_split(data, "train", "cpu")
    images = module._calibration(training)
    assert torch.equal(images, _first(training, count))
