"""Predictions and labels in one figure."""

from __future__ import annotations

import numpy as np

from search.deploy.side_by_side import draw_side_by_side
from search.deploy.told import tell_task
from trainers.tasks import make_task

DEPTH, IMAGE = make_task("depth", {"kind": "depth"}), make_task("image", {"kind": "autoencoder"})
IMAGES = np.zeros((2, 4, 6, 3), np.uint8)


def test_predictions_stand_beside_labels_on_one_scale() -> None:
    labels = {"depth": np.linspace(1, 3, 48).reshape(2, 4, 6)}
    labels["depth"][0, 0, 0] = np.nan
    answers = {"depth": np.full((2, 4, 6), 9.0), "image": np.ones((2, 4, 6, 3))}
    told = [(task, tell_task(task, {"kind": task.kind})) for task in (DEPTH, IMAGE)]
    shown = draw_side_by_side("trial 3, val", told, IMAGES, answers, labels)
    panels = [axes for axes in shown.figure.axes if axes.get_title()]
    assert [axes.get_title() for axes in panels[:4]] == [
        "image",
        "depth, predicted",
        "depth, label",
        "image, predicted",
    ]
    assert len(panels) == 8
    low = np.nanmin(labels["depth"])
    assert {axes.images[0].get_clim() for axes in panels if axes.get_title().startswith("depth")} == {(low, 3.0)}
    bars = [axes.get_ylabel() for axes in shown.figure.axes if not axes.get_title()]
    assert bars == ["m"] * 4
    assert shown.figure.get_suptitle() == "trial 3, val"
