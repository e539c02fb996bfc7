"""From scores to answers and pictures."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from search.deploy.answers import answer_scores, draw_answer
from search.deploy.told import tell_task
from tests.search.deploy.networks import LABELS, TASKS
from trainers.tasks import Task, make_task

PHOTO = np.zeros((6, 8, 3), np.uint8)
MORE = (
    make_task("edges", {"kind": "edges"}),
    make_task("flow", {"kind": "regression"}),
    make_task("image", {"kind": "autoencoder"}),
)


def tell(task: Task) -> dict[str, Any]:
    fields = {name: getattr(task, name) for name in ("classes", "first_class", "attributes") if hasattr(task, name)}
    return tell_task(task, {k: list(v) if isinstance(v, tuple) else v for k, v in fields.items()})


@pytest.mark.parametrize("task", (*TASKS, *LABELS, *MORE), ids=lambda task: task.name)
def test_scores_give_what_the_network_answers(task: Task) -> None:
    shape = (2, task.channels, 6, 8) if task.dense else (2, task.channels)
    prediction = torch.randn(shape, generator=torch.Generator().manual_seed(0))
    found = answer_scores(tell(task), task.score(prediction).numpy())
    wanted = task.answer(prediction).numpy()
    assert found.dtype == wanted.dtype
    np.testing.assert_array_equal(found, wanted)
    figure = draw_answer(task, tell(task), found[0], PHOTO)
    assert [axes.get_title() for axes in figure.axes[:2]] == ["photo", task.name]


def test_the_legend_names_the_classes_that_are_there() -> None:
    answer = np.array([[1, 1], [3, 3]], np.int32)  # the first class has the id 1
    figure = draw_answer(TASKS[0], tell(TASKS[0]), answer, PHOTO)
    assert [text.get_text() for text in figure.axes[1].get_legend().get_texts()] == ["wall", "box"]


def test_a_scale_stands_beside_values() -> None:
    figure = draw_answer(TASKS[1], tell(TASKS[1]), np.linspace(1, 5, 48).reshape(6, 8), PHOTO)
    assert len(figure.axes) == 3
    assert figure.axes[2].get_ylim() == (1, 5)
    assert figure.axes[2].get_ylabel() == "m"


def test_a_unit_stands_beside_a_scale_where_it_is_known() -> None:
    priced = make_task("price", {"kind": "regression", "unit": "$"})
    for task, unit in ((priced, "$"), (MORE[0], "")):
        figure = draw_answer(task, tell(task), np.linspace(0, 1, 48).reshape(6, 8), PHOTO)
        assert figure.axes[2].get_ylabel() == unit


def test_what_is_no_class_is_black() -> None:
    figure = draw_answer(TASKS[0], tell(TASKS[0]), np.array([[-1, 1], [3, 3]], np.int32), PHOTO)
    assert [text.get_text() for text in figure.axes[1].get_legend().get_texts()] == ["wall", "box"]
    assert figure.axes[1].images[0].get_array()[0, 0].tolist() == [0, 0, 0]


def test_labels_of_whole_images_are_written() -> None:
    words = [
        draw_answer(task, tell(task), answer, PHOTO).axes[1].texts[0].get_text()
        for task, answer in zip(LABELS, (np.int32(7), np.array([0.25, 0.5])), strict=True)
    ]
    assert words == ["7", "thick: 0.25\nslanted: 0.5"]
