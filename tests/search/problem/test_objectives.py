from __future__ import annotations

import math

import pytest

from search.problem import objectives
from search.problem.objectives import Objective
from spaces.errors import ConfigError
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
            r"objectives=macz: want one or more of delta_mtl, worst_delta, macs, params, latency_ms, segmentation.*"
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


def test_values_come_by_name_from_metrics_and_costs() -> None:
    chosen = objectives.resolve_objectives(["params", "depth.abs_err_m", "macs"], TASKS)
    assert objectives.collect_objectives(METRICS, 100, 7, chosen) == {
        "params": 7.0,
        "depth.abs_err_m": 0.3,
        "macs": 100.0,
    }


@pytest.mark.parametrize(
    ("name", "ends", "told"),
    [
        ("delta_mtl", (7.3, -161.5, 176.0), ("+10", "-160", "+180")),
        ("delta_mtl", (0.2, -11.0, 11.4), ("0", "-11", "+11")),
        ("delta_mtl", (7.34, 7.3, 7.4), ("+7.3", "+7.3", "+7.4")),
        ("delta_mtl", (7.34, math.nan, math.nan), ("+7.3", "-", "-")),
        ("depth.abs_err_m", (0.54321, 0.53, 0.5564), ("0.543", "0.530", "0.556")),
        ("latency_ms", (12345.0, 12000.0, 12690.0), ("12.3 k", "12.0 k", "12.7 k")),
    ],
)
def test_an_interval_has_no_more_digits_than_its_half(
    name: str, ends: tuple[float, float, float], told: tuple[str, str, str]
) -> None:
    (objective,) = objectives.resolve_objectives([name], TASKS)
    assert objectives.format_interval(objective, *ends) == told
