from __future__ import annotations

import math

import pytest

from search.problem import deltas, objectives, reference_point
from search.problem.objectives import Objective
from spaces.errors import ConfigError, DataError
from tests.search.trials import TASKS

METRICS = {
    "segmentation.miou": 0.6,
    "depth.abs_err_m": 0.3,
    "normals.angle_deg": 18.0,
    "edges.f1": 0.2,
}
REFERENCE = {"segmentation": 0.5, "depth": 0.25, "normals": 20.0, "edges": 0.4}


def test_names_are_resolved_in_order_with_unit_and_direction() -> None:
    found = objectives.resolve_objectives(["macs", "depth.abs_err_m", "segmentation.miou", "delta_mtl"], TASKS)
    assert found == (
        Objective("macs", "MACs", "minimise"),
        Objective("depth.abs_err_m", "m", "minimise"),
        Objective("segmentation.miou", "fraction", "maximise"),
        Objective("delta_mtl", "%", "maximise"),
    )
    assert [objective.label for objective in found[1:]] == [
        "depth.abs_err_m [m]",
        "segmentation.miou [fraction]",
        "delta_mtl [%]",
    ]


def test_every_metric_of_every_task_can_be_an_objective() -> None:
    names = [f"{task.name}.{metric.name}" for task in TASKS for metric in task.table]
    assert len(names) > len(TASKS)
    assert [objective.name for objective in objectives.resolve_objectives(names, TASKS)] == names


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (
            ["delta_mtl", "macz"],
            r"objectives=macz: want one or more of delta_mtl, worst_delta, macs, params, segmentation\.miou.*"
            r"did you mean 'macs'\?",
        ),
        ([], "objectives=nothing: want one or more of delta_mtl"),
        (
            ["macs", "params", "macs"],
            "objectives=macs, params, macs: macs named more than once; name it once",
        ),
    ],
)
def test_names_that_mean_nothing_are_refused(names: list[str], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        objectives.resolve_objectives(names, TASKS)


def test_a_delta_without_a_main_task_is_refused() -> None:
    auxiliary = TASKS[3:]
    with pytest.raises(ConfigError, match=r"worst_delta: needs a main task, but all of edges are auxiliary"):
        objectives.resolve_objectives(["worst_delta", "macs"], auxiliary)
    assert objectives.resolve_objectives(["edges.f1"], auxiliary)


def test_without_a_main_task_there_is_no_delta_but_those_of_the_tasks() -> None:
    found = deltas.compute_delta(METRICS, REFERENCE, TASKS[3:])
    assert found == pytest.approx({"edges.delta": -50.0, "delta_mtl": math.nan, "worst_delta": math.nan}, nan_ok=True)


def test_delta_is_positive_where_better_and_counts_main_tasks_only() -> None:
    found = deltas.compute_delta(METRICS, REFERENCE, TASKS)
    assert found == pytest.approx(
        {
            "segmentation.delta": 20.0,
            "depth.delta": -20.0,
            "normals.delta": 10.0,
            "edges.delta": -50.0,
            "delta_mtl": 10 / 3,
            "worst_delta": -20.0,
        }
    )


def test_equal_to_the_single_task_networks_is_zero() -> None:
    metrics = {f"{task.name}.{task.headline}": REFERENCE[task.name] for task in TASKS}
    assert set(deltas.compute_delta(metrics, REFERENCE, TASKS).values()) == {0.0}


@pytest.mark.parametrize("broken", [task.name + "." + task.headline for task in TASKS[:3]])
def test_an_undefined_metric_makes_mean_and_worst_undefined(broken: str) -> None:
    found = deltas.compute_delta({**METRICS, broken: math.nan}, REFERENCE, TASKS)
    assert math.isnan(found["delta_mtl"])
    assert math.isnan(found["worst_delta"])


@pytest.mark.parametrize("value", [0.0, math.nan, math.inf])
def test_a_reference_without_a_meaning_is_refused_for_main_tasks(value: float) -> None:
    with pytest.raises(DataError, match=r"baseline of 'depth' has abs_err_m = .*want a finite value other than 0"):
        deltas.compute_delta(METRICS, {**REFERENCE, "depth": value}, TASKS)
    found = deltas.compute_delta(METRICS, {**REFERENCE, "edges": value}, TASKS)
    assert math.isnan(found["edges.delta"])
    assert found["delta_mtl"] == pytest.approx(10 / 3)


def test_values_come_by_name_from_metrics_and_costs() -> None:
    chosen = objectives.resolve_objectives(["params", "depth.abs_err_m", "macs"], TASKS)
    assert objectives.collect_objectives(METRICS, 100, 7, chosen) == {
        "params": 7.0,
        "depth.abs_err_m": 0.3,
        "macs": 100.0,
    }


def test_the_reference_point_is_fixed_by_space_and_trivial_predictors() -> None:
    chosen = objectives.resolve_objectives(["delta_mtl", "worst_delta", "macs", "params", "depth.abs_err_m"], TASKS)
    point = reference_point.compute_reference_point(chosen, 1000, 200, {"depth.abs_err_m": 0.9})
    assert point == pytest.approx((-20.0, -20.0, 1050.0, 210.0, 0.9))
    with pytest.raises(DataError, match=r"the trivial predictor has no depth\.abs_err_m on the validation split"):
        reference_point.compute_reference_point(chosen, 1000, 200, {"depth.abs_err_m": math.nan})


def test_delta_all_is_the_mean_over_tasks_of_the_mean_over_their_metrics() -> None:
    """As LibMTL's count_improvement: the mean over tasks of mean (-1)^w (B - N) / B, w = 1 if higher is better."""
    base = {f"{task.name}.{m.name}": 0.5 + 0.1 * i for task in TASKS for i, m in enumerate(task.table)}
    new = {name: value * (1.1 + 0.01 * len(name)) for name, value in base.items()}
    means = []
    for task in TASKS:
        if task.role == "main":
            changes = []
            for metric in task.table:
                b, n = base[f"{task.name}.{metric.name}"], new[f"{task.name}.{metric.name}"]
                changes.append((-1) ** (1 if metric.higher_is_better else 0) * (b - n) / b)
            means.append(sum(changes) / len(changes))
    expected = 100 * sum(means) / len(means)
    assert deltas.compute_delta_all(new, base, TASKS) == pytest.approx(expected)
    headlines = {task.name: base[f"{task.name}.{task.headline}"] for task in TASKS}
    assert deltas.compute_delta(new, headlines, TASKS, base)["delta_all"] == pytest.approx(expected)
    assert "delta_all" not in deltas.compute_delta(new, headlines, TASKS)
    assert math.isnan(deltas.compute_delta_all(new, {}, TASKS))
    assert math.isnan(deltas.compute_delta_all({}, {}, [task for task in TASKS if task.role != "main"]))
