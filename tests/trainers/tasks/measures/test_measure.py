"""Measures that are named: against loops over pixels, and against other libraries where they are there."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
import torch

from search.problem.deltas import compute_delta
from spaces.errors import ConfigError
from tests.references import metrics as reference
from trainers.tasks import Task, make_task

COUNT, HEIGHT, WIDTH = 4, 12, 16
SPECS = {
    "segmentation": {"classes": 5},
    "depth": {},
    "normals": {},
    "edges": {},
    "saliency": {},
}
FURTHER = {
    kind: [m.metric.name for m in make_task("it", {"kind": kind, **spec}).further] for kind, spec in SPECS.items()
}


def task_of(kind: str, measures: list[str] | None = None, **more) -> Task:
    return make_task(
        "it", {"kind": kind, **SPECS[kind], "measures": FURTHER[kind] if measures is None else measures, **more}
    )


def example(kind: str) -> tuple[torch.Tensor, torch.Tensor]:
    """Predictions and canonical targets; class 3 occurs nowhere, class 2 is never hit, one image is all invalid."""
    rng = torch.Generator().manual_seed(3)
    shape = (COUNT, HEIGHT, WIDTH)
    hole = torch.rand(shape, generator=rng) < 0.15
    hole[2] = True
    if kind == "segmentation":
        target = torch.tensor([0, 1, 2, 4])[torch.randint(0, 4, shape, generator=rng)].to(torch.int16)
        prediction = torch.randn(COUNT, 5, HEIGHT, WIDTH, generator=rng)
        prediction[:, [2, 3]] = -9
        return prediction, target.masked_fill(hole, -1)
    if kind == "depth":
        target = 0.5 + 5 * torch.rand(COUNT, 1, HEIGHT, WIDTH, generator=rng)
        prediction = target * (1 + 0.5 * torch.randn(target.shape, generator=rng))
        return prediction, target.masked_fill(hole[:, None], 0)
    if kind == "normals":
        target = torch.nn.functional.normalize(torch.randn(COUNT, 3, HEIGHT, WIDTH, generator=rng))
        prediction = 3 * (target + 0.6 * torch.randn(target.shape, generator=rng))
        return prediction, target.masked_fill(hole[:, None], 0)
    target = (torch.rand(COUNT, 1, HEIGHT, WIDTH, generator=rng) < 0.08).to(torch.int8)
    prediction = torch.randn(target.shape, generator=rng) + (3.0 * target - 1 if kind == "saliency" else -1.5)
    return prediction, target.masked_fill(hole[:, None], -1)


def _probable(prediction: torch.Tensor, target: torch.Tensor) -> tuple[np.ndarray, np.ndarray]:
    return prediction[:, 0].double().sigmoid().numpy(), target[:, 0].numpy()


every_kind = pytest.mark.parametrize("kind", SPECS)
SLOW: dict[str, Callable[..., dict[str, float]]] = {
    "segmentation": lambda p, t: reference.overlap(p.argmax(1).numpy(), t.numpy(), 5),
    "depth": lambda p, t: reference.depth_measures(p[:, 0].double().numpy(), t[:, 0].double().numpy()),
    "normals": lambda p, t: reference.normals_measures(p.double().numpy(), t.double().numpy()),
    "edges": lambda p, t: reference.tolerant(p[:, 0].numpy(), t[:, 0].numpy()),
    "saliency": lambda p, t: {"max_f_dataset": reference.saliency(*_probable(p, t))["max_f_dataset"]},
}


@every_kind
def test_every_measure_is_what_a_loop_over_pixels_says(kind: str) -> None:
    prediction, target = example(kind)
    found = task_of(kind).metrics(task_of(kind).statistics(prediction, target))
    expected = SLOW[kind](prediction, target)
    assert set(expected) == set(FURTHER[kind])
    for name, value in expected.items():
        exact = 0.0051 if name == "median_deg" else 1e-6 * abs(value)
        assert found[name] == pytest.approx(value, abs=exact, nan_ok=True), name


@every_kind
def test_the_usual_ones_are_not_changed_by_others(kind: str) -> None:
    prediction, target = example(kind)
    plain, more = task_of(kind, []), task_of(kind)
    usual = plain.metrics(plain.statistics(prediction, target))
    both = more.metrics(more.statistics(prediction, target))
    assert {name: both[name] for name in usual} == usual
    assert [metric.name for metric in more.table] == list(both)
    assert more.table[: len(plain.table)] == plain.table


@every_kind
@pytest.mark.parametrize("cuts", [(1, 3), (2, 2), (1, 1, 1, 1)])
def test_sums_of_batches_are_those_of_all(kind: str, cuts: tuple[int, ...]) -> None:
    prediction, target = example(kind)
    task = task_of(kind)
    parts = [task.statistics(p, t) for p, t in zip(prediction.split(cuts), target.split(cuts), strict=True)]
    whole = task.metrics(task.statistics(prediction, target))
    assert task.metrics(sum(parts[1:], parts[0])) == pytest.approx(whole, rel=1e-12, nan_ok=True)


@every_kind
def test_a_diverged_network_and_nothing_valid_have_no_score(kind: str) -> None:
    prediction, target = example(kind)
    task = task_of(kind)
    broken = torch.full_like(prediction, torch.nan)
    found = task.metrics(task.statistics(broken, target))
    assert all(math.isnan(found[name]) for name in FURTHER[kind])
    nothing = {"depth": 0, "normals": 0}.get(kind, -1)
    found = task.metrics(task.statistics(prediction, torch.full_like(target, nothing)))
    assert all(math.isnan(found[name]) for name in FURTHER[kind])


@every_kind
def test_what_is_not_valid_does_not_count(kind: str) -> None:
    prediction, target = example(kind)
    task = task_of(kind)
    invalid = (target == -1) if kind in ("segmentation", "edges", "saliency") else ~target.any(1, keepdim=True)
    if kind == "segmentation":
        invalid = invalid[:, None]
    wild = torch.where(invalid, torch.nan, prediction)
    assert task.metrics(task.statistics(wild, target)) == pytest.approx(
        task.metrics(task.statistics(prediction, target)), nan_ok=True
    )


def test_the_best_thresholds_of_saliency_are_what_a_loop_says() -> None:
    prediction, target = example("saliency")
    task = task_of("saliency", [])
    expected = reference.saliency(*_probable(prediction, target))
    found = task.metrics(task.statistics(prediction, target))
    assert found == pytest.approx({name: expected[name] for name in found})


def test_a_mean_over_classes_is_not_defined_where_one_occurs_nowhere() -> None:
    prediction, target = example("segmentation")
    found = task_of("segmentation").metrics(task_of("segmentation").statistics(prediction, target))
    assert math.isnan(found["miou_nan"])
    assert found["miou_all"] < found["miou"] < found["miou_hits"]
    prediction[0, 3, 0, 0] = 99
    target[0, 0, 0] = 0
    found = task_of("segmentation").metrics(task_of("segmentation").statistics(prediction, target))
    assert found["miou_nan"] == pytest.approx(found["miou"]) == pytest.approx(found["miou_all"])


def test_the_compressed_angle_flatters_a_constant() -> None:
    """As AdaShare's: a constant that is wrong by 47 degrees on the whole seems right to 19 or so."""
    _, target = example("normals")
    target[:, 2] = target[:, 2].abs()
    task = task_of("normals")
    constant = torch.tensor([0.0, 0.0, 1.0]).view(1, 3, 1, 1).expand_as(target)
    found = task.metrics(task.statistics(constant, target))
    assert found["adashare_compressed_deg"] < 0.6 * found["angle_deg"]


def test_confusion_is_scikit_learns() -> None:
    from sklearn.metrics import confusion_matrix, jaccard_score

    prediction, target = example("segmentation")
    valid = target != -1
    guess, truth = prediction.argmax(1)[valid].numpy(), target[valid].numpy()
    task = task_of("segmentation", [])
    statistics = task.statistics(prediction, target)
    assert np.array_equal(statistics.numpy(), confusion_matrix(truth, guess, labels=range(5)))
    full = task_of("segmentation").metrics(task_of("segmentation").statistics(prediction, target))
    by_class = jaccard_score(truth, guess, labels=range(5), average=None, zero_division=0)
    assert full["miou_all"] == pytest.approx(by_class.mean())
    assert full["miou_hits"] == pytest.approx(by_class[by_class > 0].mean())


def test_it_agrees_with_torchmetrics() -> None:
    torchmetrics = pytest.importorskip("torchmetrics", reason="compares with torchmetrics")
    prediction, target = example("segmentation")
    theirs = torchmetrics.classification.MulticlassJaccardIndex(num_classes=5, ignore_index=-1, average="macro")
    found = task_of("segmentation").metrics(task_of("segmentation").statistics(prediction, target))
    assert found["miou"] == pytest.approx(theirs(prediction, target.long()).item(), rel=1e-5)
    guess, truth = example("depth")
    valid = truth > 0
    errors = task_of("depth").metrics(task_of("depth").statistics(guess, truth))
    rmse = torchmetrics.MeanSquaredError(squared=False)(guess[valid], truth[valid])
    assert errors["rmse_m"] == pytest.approx(rmse.item(), rel=1e-5)
    log = torchmetrics.MeanSquaredError(squared=False)(guess[valid].clamp(min=1e-3).log(), truth[valid].log())
    assert errors["rmse_log"] == pytest.approx(log.item(), rel=1e-5)


def test_a_measure_can_be_what_counts() -> None:
    task = task_of("normals", ["median_deg"], judged_by="median_deg")
    assert task.headline == "median_deg" != task_of("normals", []).headline
    found = compute_delta({"it.angle_deg": 9.0, "it.median_deg": 8.0}, {"it": 10.0}, [task])
    assert found["delta_mtl"] == pytest.approx(20)
    assert task_of("depth", [], judged_by="rmse_m").headline == "rmse_m"


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (
            {"measures": ["rmse_deg", "medain_deg"]},
            "tasks.it.measures: 'medain_deg' is no further measure; want some of "
            "median_deg, rmse_deg, adashare_compressed_deg; did you mean 'median_deg'?",
        ),
        ({"measures": "median_deg"}, "tasks.it.measures=median_deg: want a list of at least 0 distinct names"),
        (
            {"judged_by": "median_deg"},
            "tasks.it.judged_by=median_deg: want one of angle_deg, within_11.25, within_22.5, "
            "within_30; name it in measures, too: measures: [median_deg]",
        ),
        (
            {"judged_by": "angel_deg"},
            "tasks.it.judged_by=angel_deg: want one of angle_deg, within_11.25, within_22.5, "
            "within_30; did you mean 'angle_deg'?",
        ),
    ],
)
def test_what_is_wrong_is_said(options: dict, problem: str) -> None:
    with pytest.raises(ConfigError) as caught:
        make_task("it", {"kind": "normals", **options})
    assert caught.value.problems == (problem,)
