from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F

from trainers.robustness.alignment import measure_alignment
from trainers.tasks import Task
from trainers.tasks.attributes import Attributes
from trainers.tasks.classification import Classification
from trainers.tasks.depth import Depth
from trainers.tasks.edges import Edges
from trainers.tasks.normals import Normals
from trainers.tasks.regression import Regression
from trainers.tasks.saliency import Saliency
from trainers.tasks.segmentation import Segmentation


def _normals() -> torch.Tensor:
    return F.normalize(torch.randn(2, 3, 4, 6), dim=1)


def _cases() -> list[tuple[Task, torch.Tensor]]:
    torch.manual_seed(0)
    states = torch.randint(-1, 2, (2, 1, 4, 6), dtype=torch.int8)
    regression = torch.randn(2, 2, 4, 6)
    regression[0, 0, 0, 0] = torch.nan
    return [
        (Segmentation("s", classes=5), torch.randint(-1, 5, (2, 4, 6), dtype=torch.int16)),
        (Classification("c", 4), torch.tensor([3, -1], dtype=torch.int16)),
        (Attributes("a", 3), torch.tensor([[0, 1, -1], [1, 1, 0]], dtype=torch.int8)),
        (Edges("e"), states),
        (Saliency("y"), states),
        (Depth("d"), torch.rand(2, 1, 4, 6) * 3),
        (Normals("n"), _normals()),
        (Regression("r", channels=2), regression),
    ]


@pytest.mark.parametrize(("task", "target"), _cases(), ids=lambda each: getattr(each, "kind", ""))
def test_it_is_a_cosine_for_each_place(task: Task, target: torch.Tensor) -> None:
    shape = (2, task.channels, 4, 6) if task.dense else (2, task.channels)
    prediction = torch.randn(shape, requires_grad=True)

    found = measure_alignment(task, prediction, target)

    assert torch.broadcast_shapes(found.shape, shape) == shape
    assert found.isfinite().all()
    assert found.min() >= 0
    assert found.max() <= 1 + 1e-6
    assert not found.requires_grad


def test_classes_are_compared_as_the_authors_do() -> None:
    target = torch.randint(0, 5, (2, 4, 6), dtype=torch.int16)
    prediction = torch.randn(2, 5, 4, 6)
    one_hot = F.one_hot(target.long(), 5).permute(0, 3, 1, 2).float()
    want = F.cosine_similarity(prediction.softmax(1), one_hot, dim=1)
    torch.testing.assert_close(measure_alignment(Segmentation("s", classes=5), prediction, target)[:, 0], want)


def test_what_is_right_weighs_most_and_what_is_wrong_least() -> None:
    sure = torch.tensor([9.0, -9.0]).view(1, 1, 1, 2)
    edge = torch.ones(1, 1, 1, 2, dtype=torch.int8)
    right, wrong = measure_alignment(Edges("e"), sure, edge).flatten().tolist()
    assert right > 0.999
    assert wrong < 0.001


@pytest.mark.parametrize("unit", [1.0, 30.0])
def test_of_single_values_what_is_wrong_weighs_less_in_any_unit(unit: float) -> None:
    target = torch.tensor([1.0, 2.0, 3.0, 4.0, 0.0]).view(1, 1, 1, 5) * unit  # 0 is no depth
    guess = torch.tensor([1.0, 2.0, 3.0, 1.0, 2.0]).view(1, 1, 1, 5) * unit
    found = measure_alignment(Depth("d"), guess, target).flatten()
    torch.testing.assert_close(found[:3], torch.ones(3))
    assert found[3] < 0.6  # by a sigmoid of metres it was .945, so that weighing changed little
    other = measure_alignment(Regression("r"), guess, target.where(target > 0, torch.nan)).flatten()
    torch.testing.assert_close(other[:4], found[:4])


def test_a_map_of_one_value_has_no_spread_and_weights_all_the_same() -> None:
    target = torch.full((1, 1, 2, 2), 3.0)
    for guess in (target, target + 1, torch.zeros_like(target)):
        found = measure_alignment(Depth("d"), guess, target)
        assert found.isfinite().all()
        assert (found > 0.999).all() == (guess == target).all()
    assert measure_alignment(Depth("d"), target, torch.zeros_like(target)).isfinite().all()
