from __future__ import annotations

import re
from typing import Any

import pytest
import torch

from spaces.errors import ConfigError
from trainers.augment import Flip, Zoom
from trainers.tasks import Attributes, Autoencoder, Classification, Depth, Edges, Normals, Regression, Segmentation

TASKS = (
    Segmentation("s", 3),
    Depth("d"),
    Normals("n"),
    Edges("e"),
    Regression("r", 2),
    Autoencoder("a"),
    Classification("c", 3),
    Attributes("b", 2),
)
STEPS = (Flip(), Zoom())


def _generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def _batch(count: int = 16) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
    """Images whose red channel is the column, with targets that say the same in each task's words."""
    column = torch.arange(12.0).expand(count, 1, 10, 12)
    images = torch.cat([column / 11, torch.rand(count, 2, 10, 12, generator=_generator())], 1)
    vectors = torch.randn(count, 3, 10, 12, generator=_generator(1))
    return images.contiguous(memory_format=torch.channels_last), {
        "s": (column[:, 0] // 4).to(torch.int16),
        "d": 1 + column,
        "n": vectors / vectors.norm(dim=1, keepdim=True),
        "e": (column % 2).to(torch.int8),
        "r": column.repeat(1, 2, 1, 1),
        "c": (torch.arange(count) % 3).to(torch.int16),
        "b": (torch.arange(2 * count).view(count, 2) % 2).to(torch.int8),
    }


@pytest.mark.parametrize("step", STEPS)
def test_draws_come_from_the_generator_alone(step: Any) -> None:
    images, targets = _batch()
    torch.manual_seed(0)
    one, there = step(images, targets, TASKS, _generator(5))
    torch.manual_seed(1)
    other, here = step(images, targets, TASKS, _generator(5))
    assert torch.equal(one, other)
    assert all(torch.equal(there[name], here[name]) for name in targets)
    assert any(not torch.equal(one, step(images, targets, TASKS, _generator(seed))[0]) for seed in range(5))


@pytest.mark.parametrize("step", STEPS)
def test_form_is_kept_and_the_batch_left_alone(step: Any) -> None:
    images, targets = _batch()
    before = {"images": images.clone()} | {name: target.clone() for name, target in targets.items()}
    for seed in range(4):
        changed, others = step(images, targets, TASKS, _generator(seed))
        assert changed.shape == images.shape
        assert changed.is_contiguous(memory_format=torch.channels_last)
        assert set(others) == set(targets)
        assert all(others[name].shape == targets[name].shape for name in targets)
        assert all(others[name].dtype == targets[name].dtype for name in targets)
    assert torch.equal(images, before["images"])
    assert all(torch.equal(targets[name], before[name]) for name in targets)


def test_a_flip_takes_about_half_of_the_images_with_their_targets() -> None:
    images, targets = _batch(200)
    changed, others = Flip()(images, targets, TASKS, _generator())
    flipped = (changed[:, 0, 0, 0] == 1).nonzero().flatten()
    assert 70 < len(flipped) < 130
    column = (changed[:, :1] * 11).round()
    assert torch.equal(others["d"], 1 + column)
    assert torch.equal(others["s"], (column[:, 0] // 4).to(torch.int16))
    assert torch.equal(others["e"], (column % 2).to(torch.int8))
    assert torch.equal(others["r"], column.repeat(1, 2, 1, 1))
    turned = targets["n"].flip(-1) * torch.tensor([-1.0, 1, 1]).view(3, 1, 1)
    assert torch.equal(others["n"][flipped], turned[flipped])


@pytest.mark.parametrize(("p", "seen"), [(0, [0.0]), (1, [1.0])])
def test_a_flip_may_be_never_or_always(p: float, seen: list[float]) -> None:
    images, targets = _batch()
    assert Flip(p)(images, targets, TASKS, _generator())[0][:, 0, 0, 0].unique().tolist() == seen


def test_a_zoom_moves_image_and_targets_alike_and_brings_things_nearer() -> None:
    images, targets = _batch(2)
    lefts = set()
    for seed in range(20):
        changed, others = Zoom((1.5,))(images, targets, TASKS, _generator(seed))
        column = changed[:, :1] * 11
        scale = (10 / 7 * 12 / 8) ** 0.5  # of the crop of whole pixels
        assert (others["r"] - column).abs().max() <= 0.5 + 1e-4
        torch.testing.assert_close(others["d"], (1 + others["r"][:, :1]) / scale)
        assert torch.equal(others["s"], (others["r"][:, 0] // 4).to(torch.int16))
        torch.testing.assert_close(others["n"].norm(dim=1), torch.ones(2, 10, 12))
        lefts.add(others["r"].min().item())
    assert lefts == {0, 1, 2, 3, 4}


def test_every_scale_occurs_and_one_of_1_changes_nothing() -> None:
    images, targets = _batch(1)
    spans = {
        round((others["r"].max() - others["r"].min()).item()) + 1
        for others in (Zoom()(images, targets, TASKS, _generator(seed))[1] for seed in range(30))
    }
    assert spans == {12, 10, 8}
    unchanged, same = Zoom((1,))(images, targets, TASKS, _generator())
    assert unchanged is images
    assert same == targets


def test_a_target_made_of_the_image_stays_the_image() -> None:
    images, _ = _batch()
    for step in STEPS:
        for seed in range(4):
            changed, others = step(images, {"a": images}, TASKS, _generator(seed))
            assert torch.equal(others["a"], changed)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Flip(1.5), "flip.p=1.5: want a number from 0 to 1"),
        (lambda: Flip("often"), "flip.p=often: want a number from 0 to 1"),
        (lambda: Zoom((0.5, 2)), "zoom.scales=[0.5, 2]: want a list of at least 1 numbers >= 1"),
        (lambda: Zoom(()), "zoom.scales=[]: want a list of at least 1 numbers >= 1"),
    ],
)
def test_bad_fields(make: Any, message: str) -> None:
    with pytest.raises(ConfigError, match=f"^{re.escape(message)}$"):
        make()


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
@pytest.mark.parametrize("step", STEPS)
def test_a_gpu_does_the_same(step: Any) -> None:
    images, targets = _batch()
    there = {name: target.cuda() for name, target in targets.items()}
    for seed in range(4):
        one, here = step(images, targets, TASKS, _generator(seed))
        other, moved = step(images.cuda(), there, TASKS, _generator(seed))
        assert other.is_contiguous(memory_format=torch.channels_last)
        torch.testing.assert_close(other.cpu(), one)
        for name, target in here.items():
            torch.testing.assert_close(moved[name].cpu(), target)
