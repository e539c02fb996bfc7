from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from spaces.errors import DataError
from spaces.networks.build import SharedNetwork, build
from spaces.networks.small import Small
from spaces.pattern.sharing_pattern import separate_decoders
from trainers import predict as module
from trainers.predict import predict
from trainers.tasks import Task, make_task

TASKS = (
    make_task("classes", {"kind": "segmentation", "classes": 5}),
    make_task("depth", {"kind": "depth"}),
    make_task("normals", {"kind": "normals"}),
    make_task("image", {"kind": "autoencoder"}),
)
FAMILY = Small((4, 4), 4)
IMAGES = np.random.default_rng(0).integers(0, 256, (5, 8, 12, 3), dtype=np.uint8)


def _network(tasks: tuple[Task, ...] = TASKS) -> SharedNetwork:
    names = [task.name for task in tasks]
    return build(separate_decoders(names, 2, 2), FAMILY, {task.name: task.output for task in tasks}, 0)


def _predict(images: Any) -> dict[str, np.ndarray]:
    return predict(_network(), images, TASKS, FAMILY.stride)


def _same(one: dict[str, np.ndarray], other: dict[str, np.ndarray]) -> None:
    assert list(one) == list(other) == [task.name for task in TASKS]
    for name in one:
        np.testing.assert_allclose(one[name], other[name], atol=1e-5)


def test_it_is_forward_pass_and_answer() -> None:
    network = _network().eval()
    pixels = torch.from_numpy(IMAGES.transpose(0, 3, 1, 2)).float() / 255
    with torch.no_grad():
        outputs = network(pixels)
    found = predict(network.train(), IMAGES, TASKS, FAMILY.stride)
    _same(found, {task.name: task.answer(outputs[task.name]).numpy() for task in TASKS})
    assert not network.training
    assert {name: answer.shape for name, answer in found.items()} == {
        "classes": (5, 8, 12),
        "depth": (5, 8, 12),
        "normals": (5, 8, 12, 3),
        "image": (5, 8, 12, 3),
    }


def test_images_of_the_size_that_it_was_trained_on_are_taken_whatever_the_stride() -> None:
    odd = IMAGES[:, :7, :9]
    found = predict(_network(), odd, TASKS, FAMILY.stride, (7, 9))
    assert found["normals"].shape == (5, 7, 9, 3)
    told = "images are of 7x8 pixels; want height and width in multiples of 4, the network's stride, or 7x9, as it was"
    with pytest.raises(DataError, match=told):
        predict(_network(), odd[:, :, :8], TASKS, FAMILY.stride, (7, 9))


@pytest.mark.parametrize("pixels", [1, 8 * 12, 2 * 8 * 12, 4 * 8 * 12])
def test_batches_make_no_difference(pixels: int, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = _predict(IMAGES)
    monkeypatch.setattr(module, "PIXELS", pixels)
    _same(_predict(IMAGES), whole)


def test_only_the_wanted_tasks_are_answered() -> None:
    assert list(predict(_network(), IMAGES, TASKS[1:2], FAMILY.stride)) == ["depth"]


def test_no_images_have_no_answers_of_the_right_form() -> None:
    whole, none = _predict(IMAGES), _predict(IMAGES[:0])
    for name, answer in none.items():
        assert answer.shape == (0, *whole[name].shape[1:])
        assert answer.dtype == whole[name].dtype


def test_arrays_of_any_layout_are_taken_and_left_alone() -> None:
    mirrored = IMAGES[:, :, ::-1]
    locked = IMAGES.copy()
    locked.setflags(write=False)
    _same(_predict(mirrored), _predict(mirrored.copy()))
    _same(_predict(locked), _predict(IMAGES))
    _same(_predict(np.asfortranarray(IMAGES)), _predict(IMAGES))


@pytest.mark.parametrize(
    ("images", "told"),
    [
        (list(IMAGES), "images are a list; want a numpy array, as numpy.stack makes of a list"),
        (IMAGES[0], "images are uint8 of shape (8, 12, 3); want uint8 RGB of shape (N, H, W, 3); images[None]"),
        (IMAGES.transpose(0, 3, 1, 2), "shape (5, 3, 8, 12); want .*; images.transpose(0, 2, 3, 1) has"),
        (np.zeros((1, 8, 8, 4), np.uint8), "shape (1, 8, 8, 4); want .*; images[..., :3] is without"),
        (IMAGES / 255, "images are float64 of shape .*; (255 * images).round().astype(numpy.uint8) if"),
        (IMAGES.astype(np.int64), "images are int64 of shape (5, 8, 12, 3); want uint8"),
        (np.zeros((2, 8, 8), np.uint8), "images are uint8 of shape (2, 8, 8); want uint8 RGB of shape (N, H, W, 3)"),
        (IMAGES[:, :7], "images are of 7x12 pixels; want height and width in multiples of 4, the network's stride: "),
        (IMAGES[:, :7], "stride: crop them, images[:, :4, :12], or resize or pad them"),
        (IMAGES[:, :3], "3x12 pixels; want height and width in multiples of 4, the network's stride: resize or pad"),
        (IMAGES[:, :0], "0x12 pixels; want height and width in multiples of 4, the network's stride: resize or pad"),
    ],
)
def test_other_images_are_refused(images: Any, told: str) -> None:
    with pytest.raises(DataError) as caught:
        _predict(images)
    message = str(caught.value)
    for part in told.split(".*"):
        assert part in message


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_a_network_on_a_gpu_answers_alike() -> None:
    there = predict(_network().cuda(), IMAGES, TASKS[1:], FAMILY.stride)
    here = predict(_network(), IMAGES, TASKS[1:], FAMILY.stride)
    for name, answer in there.items():
        np.testing.assert_allclose(answer, here[name], atol=0.02)
