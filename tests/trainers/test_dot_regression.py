from __future__ import annotations

import math

import pytest
import torch

from spaces.errors import ConfigError
from spaces.networks.build import build
from spaces.networks.modules.exchange.etf import make_frame
from spaces.networks.modules.exchange.workspace import SlotProjection
from spaces.pattern.exchange import NoExchange, Workspace
from spaces.pattern.sharing_pattern import SharingPattern, separate_decoders
from spaces.pattern.stage import Stage
from tests.spaces.networks.mixes import FAMILY, SIZE
from trainers.dot_regression import capture_features, check_frame_classes, dot_regression
from trainers.dot_regression import compute_loss as total
from trainers.tasks import Classification, Depth, Segmentation

CLASSES, WIDTH, INVALID = 4, 6, -1
FRAME = make_frame(CLASSES + 1, WIDTH, seed=0)


def slow(tokens: torch.Tensor, labels: torch.Tensor, size: tuple[int, int]) -> float:
    h, w = size
    rows, columns = labels.shape[1:]
    errors = []
    for image in range(len(tokens)):
        for i in range(h):
            for j in range(w):
                label = int(labels[image, math.floor((i + 0.5) * rows / h), math.floor((j + 0.5) * columns / w)])
                if label == INVALID:
                    continue
                token, vector = tokens[image, i * w + j].tolist(), FRAME[:, label].tolist()
                length = math.sqrt(sum(each**2 for each in token))
                product = sum(a * b for a, b in zip(token, vector, strict=True)) / length
                errors.append((product - 1) ** 2)
    return 0.5 * sum(errors) / len(errors)


@pytest.mark.parametrize(("size", "pixels"), [((2, 3), (8, 12)), ((3, 2), (7, 5)), ((4, 4), (4, 4)), ((4, 4), (3, 2))])
def test_it_is_what_the_slow_one_says(size: tuple[int, int], pixels: tuple[int, int]) -> None:
    generator = torch.Generator().manual_seed(0)
    tokens = torch.randn(3, size[0] * size[1], WIDTH, generator=generator)
    labels = torch.randint(INVALID, CLASSES, (3, *pixels), generator=generator)
    made = dot_regression(tokens, labels, FRAME, size, INVALID)
    assert float(made) == pytest.approx(slow(tokens, labels, size), rel=1e-5)


def test_labels_are_resized_as_torch_resizes_to_the_nearest_centre() -> None:
    tokens = torch.randn(2, 6, WIDTH)
    labels = torch.randint(0, CLASSES, (2, 9, 7))
    near = torch.nn.functional.interpolate(labels[:, None].float(), size=(2, 3), mode="nearest-exact")[:, 0].long()
    both = [dot_regression(tokens, each, FRAME, (2, 3), INVALID) for each in (labels, near)]
    assert torch.equal(*both)


def test_tokens_at_their_vectors_cost_nothing_whatever_their_length() -> None:
    labels = torch.randint(0, CLASSES, (2, 2, 3))
    tokens = 7.0 * FRAME.T[labels].flatten(1, 2)
    assert float(dot_regression(tokens, labels, FRAME, (2, 3), INVALID)) == pytest.approx(0, abs=1e-10)


def test_the_id_of_unlabelled_pixels_may_lie_beyond_the_classes() -> None:
    tokens = torch.randn(2, 6, WIDTH)
    labels = torch.randint(-1, CLASSES, (2, 2, 3))
    other = torch.where(labels == -1, 255, labels)
    one, two = (dot_regression(tokens, ids, FRAME, (2, 3), mark) for ids, mark in ((labels, -1), (other, 255)))
    assert torch.equal(one, two)


def test_without_a_valid_label_it_is_zero_and_can_still_be_differentiated() -> None:
    tokens = torch.zeros(2, 6, WIDTH, requires_grad=True)
    made = dot_regression(tokens, torch.full((2, 4, 6), INVALID), FRAME, (2, 3), INVALID)
    made.backward()
    assert float(made.detach()) == 0
    assert tokens.grad is not None and not tokens.grad.any()


def test_unlabelled_tokens_get_no_gradient_and_the_others_do() -> None:
    tokens = torch.randn(1, 4, WIDTH, requires_grad=True)
    dot_regression(tokens, torch.tensor([[[0, INVALID], [2, INVALID]]]), FRAME, (2, 2), INVALID).backward()
    assert tokens.grad is not None
    assert tokens.grad.abs().sum(-1).gt(0).tolist() == [[True, False, True, False]]


def test_descending_it_brings_projected_features_to_their_vectors() -> None:
    torch.manual_seed(0)
    project = SlotProjection(CLASSES, WIDTH, CLASSES + 1)
    assert project.frame is not None
    labels = torch.randint(0, CLASSES, (2, 3, 4))
    features = torch.nn.functional.one_hot(labels, CLASSES).movedim(-1, 1).float()
    optimiser = torch.optim.Adam(project.parameters(), lr=0.1)
    for _ in range(100):
        loss = dot_regression(project(features), labels, project.frame, (3, 4), INVALID)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    assert float(loss.detach()) < 1e-3


def test_a_frame_smaller_than_the_classes_is_refused() -> None:
    check_frame_classes(13, 13)
    with pytest.raises(ConfigError, match=r"frame of 8 vectors for 13 classes.* at least 13 .*dot_regression=0"):
        check_frame_classes(13, 8)


def test_what_class_tasks_project_into_a_frame_is_captured_while_wanted() -> None:
    tasks = (Segmentation("segmentation", classes=5), Depth("depth"))
    pair = (("depth", "segmentation"),)
    pattern = SharingPattern(
        (Stage(pair),) * 3, (Workspace(width=8, etf=6), NoExchange(), Workspace(width=8)), (Stage(pair),) * 3
    )
    network = build(pattern, FAMILY, {task.name: task.output for task in tasks}, 0)
    targets = {"segmentation": torch.randint(0, 5, (2, *SIZE)), "depth": torch.rand(2, *SIZE)}
    with capture_features(network, tasks) as tokens:
        network(torch.rand(2, 3, *SIZE))
        assert set(tokens) == {("segmentation", "exchange1/segmentation/project")}
        wanted = total(tokens, targets)
    ((made, frame, size, stride),) = tokens.values()
    assert stride == FAMILY.stride
    assert float(wanted.detach()) == pytest.approx(
        float(dot_regression(made, targets["segmentation"], frame, size, INVALID).detach())
    )
    before = dict(tokens)
    network(torch.rand(2, 3, *SIZE))
    assert dict(tokens) == before
    with capture_features(network, ()) as tokens:
        network(torch.rand(2, 3, *SIZE))
        assert total(tokens, targets) == 0.0


def test_what_pads_an_image_has_no_class() -> None:
    tasks = (Segmentation("segmentation", classes=5), Depth("depth"))
    shape = separate_decoders(["depth", "segmentation"], 3, 3)
    pattern = SharingPattern(shape.encoder, (Workspace(width=8, etf=6), NoExchange(), NoExchange()), shape.decoder)
    network = build(pattern, FAMILY, {task.name: task.output for task in tasks}, 0)
    size = (SIZE[0] - 3, SIZE[1] - 1)
    labels = torch.randint(0, 5, (2, *size))
    with capture_features(network, tasks) as tokens:
        network(torch.rand(2, 3, *size))
        ((made, frame, where, _stride),) = tokens.values()
        padded = torch.full((2, *SIZE), INVALID)
        padded[:, : size[0], : size[1]] = labels
        wanted = dot_regression(made, padded, frame, where, INVALID)
        found = torch.as_tensor(total(tokens, {"segmentation": labels}))
        assert float(found.detach()) == pytest.approx(float(wanted.detach()))


def test_frames_that_are_too_small_are_refused_before_training() -> None:
    tasks = (Segmentation("segmentation", classes=7), Depth("depth"))
    pair = (("depth", "segmentation"),)
    pattern = SharingPattern((Stage(pair),) * 3, (Workspace(width=8, etf=6),) * 3, (Stage(pair),) * 3)
    network = build(pattern, FAMILY, {task.name: task.output for task in tasks}, 0)
    with pytest.raises(ConfigError, match="frame of 6 vectors for 7 classes"), capture_features(network, tasks):
        pass


def test_classes_of_whole_images_are_left_alone() -> None:
    tasks = (Classification("left", classes=7), Classification("right", classes=7))
    pair = (("left", "right"),)
    pattern = SharingPattern((Stage(pair),) * 3, (Workspace(width=8, etf=6),) * 3, (Stage(pair),) * 3)
    network = build(pattern, FAMILY, {task.name: task.output for task in tasks}, 0)
    with capture_features(network, tasks) as tokens:
        assert network(torch.rand(2, 3, *SIZE))["left"].shape == (2, 7)
        assert total(tokens, dict.fromkeys(("left", "right"), torch.zeros(2))) == 0.0
