"""What every task kind promises; a kind without an example here fails the first test."""

from __future__ import annotations

import math
import pickle
import re
import subprocess
import sys
from dataclasses import FrozenInstanceError
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import yaml

from search.components.components import build_component, describe_component
from spaces.errors import ConfigError, DataError
from tests.contracts.task_examples import COUNT, EXAMPLES, HEIGHT, WIDTH
from trainers.tasks import KINDS, Metric, Task, make_task

ROOT = Path(__file__).resolve().parents[2]


every_kind = pytest.mark.parametrize("kind", KINDS)
dense_kinds = pytest.mark.parametrize("kind", [name for name, kind in KINDS.items() if kind.dense])
kinds_of_images = pytest.mark.parametrize("kind", [name for name, kind in KINDS.items() if not kind.dense])
kinds_with_invalid = pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "autoencoder"])


def _task(kind: str) -> Task:
    return make_task("it", {"kind": kind, **EXAMPLES[kind].spec})


def _target(kind: str, seed: int = 0) -> torch.Tensor:
    raw = EXAMPLES[kind].raw(np.random.default_rng(seed))
    return torch.from_numpy(_task(kind).decode(raw, "here"))


def _prediction(kind: str, seed: int = 0) -> torch.Tensor:
    shape = (COUNT, _task(kind).channels, *_pixels(kind))
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def _pixels(kind: str) -> tuple[int, ...]:
    return (HEIGHT, WIDTH) if KINDS[kind].dense else ()


def test_every_kind_has_an_example() -> None:
    assert set(EXAMPLES) == set(KINDS)
    assert len(KINDS) == 9
    assert [name for name, kind in KINDS.items() if not kind.dense] == ["classification", "attributes"]
    assert all(kind.kind == name for name, kind in KINDS.items())


@every_kind
def test_a_task_is_a_value(kind: str) -> None:
    task = _task(kind)
    assert task == _task(kind)
    assert hash(task) == hash(_task(kind))
    assert pickle.loads(pickle.dumps(task)) == task
    with pytest.raises(FrozenInstanceError):
        task.weight = 2.0
    with pytest.raises(ConfigError, match=r"tasks\.it\.weight=0: want a number > 0"):
        make_task("it", {"kind": kind, "weight": 0, **EXAMPLES[kind].spec})


@every_kind
def test_a_task_is_built_again_from_what_a_run_folder_keeps_of_it(kind: str) -> None:
    task = _task(kind)
    assert build_component(yaml.safe_load(yaml.safe_dump(describe_component(task))), "tasks.0") == task


@every_kind
def test_metrics_are_declared(kind: str) -> None:
    task = _task(kind)
    assert all(isinstance(metric, Metric) for metric in task.table)
    assert task.table[0].name == task.headline
    assert all(re.fullmatch(r"[A-Za-z0-9_. -]+", metric.name) for metric in task.table)  # what MLflow accepts
    measured = task.metrics(task.statistics(_prediction(kind), _target(kind)))
    assert list(measured) == [metric.name for metric in task.table]
    assert all(isinstance(value, float) and math.isfinite(value) for value in measured.values())


@every_kind
def test_decoding_leaves_the_array_alone_and_fits_the_network(kind: str) -> None:
    task, raw = _task(kind), EXAMPLES[kind].raw(np.random.default_rng(0))
    before = raw.copy()
    target = task.decode(raw, "here")
    np.testing.assert_array_equal(raw, before)
    assert target.flags.c_contiguous
    assert target.shape[0] == COUNT
    if task.dense:
        assert target.shape[-2:] == (HEIGHT, WIDTH)
    assert task.output.dense == task.dense
    assert task.output.channels == task.channels


@every_kind
@pytest.mark.parametrize("shape", [(), (COUNT, HEIGHT), (COUNT, HEIGHT, WIDTH, 5), (0, HEIGHT, WIDTH), (0,), (0, 3)])
def test_decoding_refuses_other_shapes(kind: str, shape: tuple[int, ...]) -> None:
    with pytest.raises(DataError, match=r"^val\.npz: (wrong shape|empty array) \(given: uint8, shape \("):
        _task(kind).decode(np.ones(shape, np.uint8), "val.npz")


@every_kind
@pytest.mark.parametrize("dtype", [object, "U3", np.complex64])
def test_decoding_refuses_what_is_no_number(kind: str, dtype: Any) -> None:
    with pytest.raises(DataError, match=r"^val\.npz: wrong dtype \(given: .*; want integers or floats"):
        _task(kind).decode(np.ones((COUNT, HEIGHT, WIDTH, 3)).astype(dtype), "val.npz")


@every_kind
def test_the_loss_teaches(kind: str) -> None:
    prediction = _prediction(kind).requires_grad_()
    loss = _task(kind).loss(prediction, _target(kind))
    loss.backward()
    assert loss.shape == ()
    assert prediction.grad is not None
    assert torch.isfinite(prediction.grad).all()
    better = _task(kind).loss(prediction.detach() - 0.01 * prediction.grad, _target(kind))
    assert better < loss


@kinds_with_invalid
def test_nothing_valid_is_no_loss_and_no_gradient(kind: str) -> None:
    task, nothing = _task(kind), EXAMPLES[kind].nothing
    assert nothing is not None
    prediction = _prediction(kind)[:2].requires_grad_()
    loss = task.loss(prediction, nothing)
    loss.backward()
    assert loss.item() == 0.0
    assert prediction.grad is not None
    assert (prediction.grad == 0).all()
    assert all(math.isnan(value) for value in task.metrics(task.statistics(prediction.detach(), nothing)).values())


@kinds_with_invalid
def test_invalid_pixels_do_not_count(kind: str) -> None:
    task, nothing, target, prediction = _task(kind), EXAMPLES[kind].nothing, _target(kind), _prediction(kind)
    assert nothing is not None
    longer = torch.cat([target, nothing])
    wild = torch.cat([prediction, 1e3 * prediction[:2]])
    assert task.metrics(task.statistics(wild, longer)) == pytest.approx(
        task.metrics(task.statistics(prediction, target)), rel=1e-12
    )
    torch.testing.assert_close(task.loss(wild, longer), task.loss(prediction, target))


@every_kind
@pytest.mark.parametrize("cuts", [(1, 4), (2, 3), (1, 1, 1, 1, 1), (3, 1, 1)])
def test_statistics_add_up_over_any_batches(kind: str, cuts: tuple[int, ...]) -> None:
    task, target, prediction = _task(kind), _target(kind), _prediction(kind)
    whole = task.statistics(prediction, target)
    assert whole.dtype == torch.float64
    parts = [
        task.statistics(guess, truth) for guess, truth in zip(prediction.split(cuts), target.split(cuts), strict=True)
    ]
    assert task.metrics(sum(parts[1:], parts[0])) == pytest.approx(task.metrics(whole), rel=1e-12)


@every_kind
def test_a_diverged_network_has_no_score(kind: str) -> None:
    task = _task(kind)
    broken = torch.full_like(_prediction(kind), torch.nan)
    assert math.isnan(task.metrics(task.statistics(broken, _target(kind)))[task.headline])


@every_kind
def test_an_answer_is_an_array_in_the_layout_of_images(kind: str) -> None:
    task, prediction = _task(kind), _prediction(kind)
    before = prediction.clone()
    answer = task.answer(prediction)
    ids = kind in ("segmentation", "classification")
    values = 1 if ids else task.channels
    assert answer.shape == (COUNT, *_pixels(kind), *([values] if values > 1 else []))
    assert answer.dtype == (torch.int32 if ids else torch.float32)
    assert answer.isfinite().all()
    assert torch.equal(prediction, before)
    assert task.answer(prediction[:0]).shape == (0, *answer.shape[1:])
    assert task.answer(prediction.bfloat16()).dtype == answer.dtype


@every_kind
def test_an_answer_read_as_a_data_sets_array_is_what_was_predicted(kind: str) -> None:
    task, prediction = _task(kind), _prediction(kind)
    if kind == "depth":
        prediction = prediction.abs() + 0.01
    answer = task.answer(prediction)
    if kind in ("edges", "saliency", "attributes"):
        answer = (answer > 0.5).int()
    if kind == "autoencoder":
        answer, prediction = (255 * answer).round().byte(), prediction.clamp(0, 1)
    spec = {"kind": kind, **EXAMPLES[kind].spec}
    spec.pop("scale", None)  # answers are in metres, and of unit length
    read = torch.from_numpy(make_task("it", spec).decode(answer.numpy(), "here"))
    perfect = 1 if task.table[0].higher_is_better else 0
    assert task.metrics(task.statistics(prediction, read))[task.headline] == pytest.approx(perfect, abs=2e-3)


@dense_kinds
def test_flipping_twice_changes_nothing(kind: str) -> None:
    task, target = _task(kind), _target(kind)
    once = task.flip(target)
    assert not _same(once, target)
    assert _same(task.flip(once), target)


@kinds_of_images
def test_flip_and_zoom_leave_labels_of_images_alone(kind: str) -> None:
    task, target = _task(kind), _target(kind)
    assert _same(task.flip(target), target)
    assert _same(task.zoom(target, 2.0, (3, 0, HEIGHT // 2, WIDTH // 2)), target)


@dense_kinds
def test_flipping_image_and_network_alike_changes_no_score(kind: str) -> None:
    task, target, prediction = _task(kind), _target(kind), _prediction(kind)
    mirrored = task.flip(prediction) if kind == "normals" else prediction.flip(-1)
    assert task.metrics(task.statistics(mirrored, task.flip(target))) == pytest.approx(
        task.metrics(task.statistics(prediction, target))
    )


@every_kind
def test_zooming_keeps_form(kind: str) -> None:
    task, target = _task(kind), _target(kind)
    assert _same(task.zoom(target, 1.0, (0, 0, HEIGHT, WIDTH)), target)
    zoomed = task.zoom(target, 2.0, (3, 0, HEIGHT // 2, WIDTH // 2))
    assert zoomed.dtype == target.dtype
    assert zoomed.shape == target.shape


@pytest.mark.parametrize("kind", [name for name, kind in KINDS.items() if kind.dense and name != "autoencoder"])
def test_zooming_blends_nothing(kind: str) -> None:
    task, target = _task(kind), _target(kind)
    zoomed = task.zoom(target, 2.0, (3, 4, HEIGHT // 2, WIDTH // 2))
    crop = target[..., 3:, 4:].repeat_interleave(2, -1).repeat_interleave(2, -2)
    assert _same(zoomed, crop / 2 if kind == "depth" else crop)


@every_kind
def test_no_constant_beats_the_trivial_prediction(kind: str) -> None:
    task, target = _task(kind), _target(kind)
    best = task.trivial(target)
    assert best.shape == (1, task.channels, *(1 for _ in _pixels(kind)))
    assert best.dtype == torch.float32

    def badness(constant: torch.Tensor) -> float:
        if kind == "segmentation":  # where the trivial prediction is a class, not logits that are calibrated
            return -_score(task, constant, target)
        return task.loss(constant.expand(COUNT, -1, *_pixels(kind)), target).item()

    rng = torch.Generator().manual_seed(1)
    others = [best + scale * torch.randn(best.shape, generator=rng) for scale in (0.01, 0.1, 1, 3) for _ in range(12)]
    assert all(badness(best) <= badness(other) + 1e-6 for other in others)


@every_kind
def test_unknown_fields_are_named_with_the_allowed_ones(kind: str) -> None:
    with pytest.raises(ConfigError, match=rf"tasks\.it\.wieght: unknown, kind '{kind}' has .*role.*; did you mean"):
        make_task("it", {"kind": kind, **EXAMPLES[kind].spec, "wieght": 2})


def test_tasks_are_made_and_decoded_without_torch() -> None:
    code = (
        "import sys, numpy, trainers.augment, trainers.constant_prediction, trainers.tasks as tasks\n"
        "task = tasks.make_task('depth', {'kind': 'depth', 'scale': 0.001})\n"
        "task.decode(numpy.full((2, 4, 4), 700, numpy.uint16), 'here'), trainers.augment.Zoom()\n"
        "assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
@every_kind
def test_a_gpu_gives_the_same_numbers(kind: str) -> None:
    task, target, prediction = _task(kind), _target(kind), _prediction(kind)
    there, guess = target.cuda(), prediction.cuda()
    torch.testing.assert_close(task.statistics(guess, there).cpu(), task.statistics(prediction, target))
    torch.testing.assert_close(task.loss(guess, there).cpu(), task.loss(prediction, target))
    torch.testing.assert_close(task.trivial(there).cpu(), task.trivial(target))
    box = (1, 2, 4, 5)
    torch.testing.assert_close(task.zoom(there, 1.5, box).cpu(), task.zoom(target, 1.5, box), equal_nan=True)
    torch.testing.assert_close(task.flip(there).cpu(), task.flip(target), equal_nan=True)


def _same(one: torch.Tensor, other: torch.Tensor) -> bool:
    return one.dtype == other.dtype and torch.equal(one.nan_to_num(7e7), other.nan_to_num(7e7))


def _score(task: Task, constant: torch.Tensor, target: torch.Tensor) -> float:
    return task.metrics(task.statistics(constant.expand(COUNT, -1, HEIGHT, WIDTH), target))[task.headline]
