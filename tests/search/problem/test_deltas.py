from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.problem import deltas
from spaces.errors import DataError
from tests.search.trials import TASKS

quick = settings(max_examples=50, deadline=None)  # on busy cores a deadline measures the neighbours
METRICS = {
    "segmentation.miou": 0.6,
    "depth.abs_err_m": 0.3,
    "normals.angle_deg": 18.0,
    "edges.f1": 0.2,
}
REFERENCE = {"segmentation": 0.5, "depth": 0.25, "normals": 20.0, "edges": 0.4}
VALUES = st.floats(0.01, 100.0)


@quick
@given(base=VALUES, value=VALUES, task=st.sampled_from(TASKS))
def test_a_task_changes_with_the_sign_of_its_headline_and_by_itself_alone(base: float, value: float, task) -> None:
    metrics = {f"{each.name}.{each.headline}": REFERENCE[each.name] for each in TASKS}
    reference = {**REFERENCE, task.name: base}
    headline = next(metric for metric in task.table if metric.name == task.headline)
    found = deltas.compute_delta({**metrics, f"{task.name}.{task.headline}": value}, reference, TASKS)
    gain = (value - base) * (1 if headline.higher_is_better else -1)
    assert math.copysign(1, found[f"{task.name}.delta"]) == math.copysign(1, gain) or gain == 0
    assert abs(found[f"{task.name}.delta"]) == pytest.approx(100 * abs(value - base) / base)
    assert all(found[f"{each.name}.delta"] == 0 for each in TASKS if each is not task)


def test_changes_are_deltas_to_whatever_they_are_related_to() -> None:
    found = deltas.compute_changes(METRICS, {**REFERENCE, "edges": 0.0}, TASKS)
    assert math.isnan(found.pop("edges"))  # related to 0
    assert found == {name: deltas.compute_delta(METRICS, REFERENCE, TASKS)[f"{name}.delta"] for name in found}
    assert list(found) == ["segmentation", "depth", "normals"]
    assert math.isnan(deltas.compute_changes(METRICS, {}, TASKS)["depth"])


@quick
@given(values=st.lists(VALUES, min_size=len(TASKS), max_size=len(TASKS)))
def test_mean_and_worst_are_those_of_the_main_tasks_whatever_their_order(values: list[float]) -> None:
    metrics = {f"{task.name}.{task.headline}": value for task, value in zip(TASKS, values, strict=True)}
    found = deltas.compute_delta(metrics, REFERENCE, TASKS)
    main = [found[f"{task.name}.delta"] for task in TASKS if task.main]
    assert found["delta_mtl"] == pytest.approx(sum(main) / len(main))
    assert found["worst_delta"] == min(main)
    assert deltas.compute_delta(metrics, REFERENCE, TASKS[::-1]) == pytest.approx(found, abs=1e-6)


def test_every_main_task_without_a_reference_is_named_at_once() -> None:
    with pytest.raises(DataError) as caught:
        deltas.check_reference({"depth": math.nan}, TASKS)
    assert len(caught.value.problems) == len([task for task in TASKS if task.main])
    deltas.check_reference({}, [replace(task, role="auxiliary") for task in TASKS])


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


def test_what_a_network_is_worth_under_a_condition_is_against_clean_single_task_networks() -> None:
    noisy = {f"noise.{name}": value for name, value in METRICS.items()}
    found = deltas.compute_delta(
        {**METRICS, **noisy, "noise.delta": -3.0, "consistency.semantic": 0.5}, REFERENCE, TASKS
    )
    assert found["noise.delta_mtl"] == pytest.approx(found["delta_mtl"])
    assert [name for name in found if name.endswith(".delta_mtl")] == ["noise.delta_mtl"]
    helpless = {**noisy, "noise.segmentation.miou": 0.01}
    worse = deltas.relate_conditions(helpless, REFERENCE, TASKS)["noise.delta_mtl"]
    assert worse < found["noise.delta_mtl"]  # however little it had to lose
    assert math.isnan(deltas.relate_conditions({"noise.segmentation.miou": 0.5}, REFERENCE, TASKS)["noise.delta_mtl"])
    assert deltas.relate_conditions(METRICS, REFERENCE, TASKS) == {}
