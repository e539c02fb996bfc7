from __future__ import annotations

import csv
import io
import math
from statistics import fmean

import pytest

from search.problem.deltas import compute_changes
from search.stress.conditions import make_plan
from search.stress.measuring import Measured
from search.stress.members import Member
from search.stress.request import Request
from search.stress.table import format_csv, format_rows, tabulate
from tests.search.trials import complete
from tests.trainers.robustness.rooms import TASKS, build_network, draw_split
from trainers.robustness.corruptions.corruption import SEVERITIES
from trainers.robustness.plan import Plan

SPLIT = draw_split(3)
THREE = TASKS[:4]


@pytest.fixture(scope="module")
def measured() -> tuple[Plan, list[Measured]]:
    plan = make_plan(Request(corruptions=["fog", "jpeg"], attacks=["joint"]), THREE, SPLIT)
    networks = {number: build_network(THREE, seed=number) for number in (4, 2)}
    found: dict[int, dict[str, dict[str, float]]] = {number: {} for number in networks}
    for _, conditions in plan.groups:
        for condition in conditions:
            for number, values in condition.measure(networks, SPLIT, THREE).items():
                found[number][condition.key] = values
    members = [Member(complete(number, 1.0, 9_000_000 + number), networks[number], "0") for number in networks]
    return plan, [Measured(member, found[member.trial.number]) for member in members]


def test_columns_are_means_and_changes_of_the_conditions(measured: tuple[Plan, list[Measured]]) -> None:
    plan, each = measured
    row = tabulate(plan, each, THREE)[0]
    conditions = each[0].conditions

    clean = conditions["clean"]["depth.abs_err_m"]
    foggy = fmean(
        next(v for k, v in conditions.items() if k.startswith(f"corruption/fog/{severity}/"))["depth.abs_err_m"]
        for severity in SEVERITIES
    )
    assert row["clean.depth.abs_err_m"] == clean
    assert row["fog.depth.abs_err_m"] == pytest.approx(foggy)
    assert row["fog.depth.delta"] == pytest.approx(100 * (clean - foggy) / clean)
    main = [row[f"fog.{task.name}.delta"] for task in THREE if task.main]
    assert len(main) == 3
    assert row["fog.delta"] == pytest.approx(fmean(map(float, main)))
    assert row["consistency.semantic"] == conditions["consistency"]["semantic"]
    assert row["attack.joint.high.delta"] < row["attack.joint.low.delta"]  # type: ignore[operator]


def test_beside_single_task_networks_it_is_told_what_a_network_is_worth(measured: tuple[Plan, list[Measured]]) -> None:
    alone = {"segmentation": 0.5, "depth": 0.25, "normals": 20.0, "edges": 0.4}
    for row in tabulate(*measured, THREE, alone):
        main = [task for task in THREE if task.main]
        values = {f"{task.name}.{task.headline}": float(row[f"fog.{task.name}.{task.headline}"]) for task in main}
        assert row["fog.delta_mtl"] == pytest.approx(fmean(compute_changes(values, alone, main).values()))
        assert row["clean.delta_mtl"] > row["attack.joint.high.delta_mtl"]  # type: ignore[operator]
    assert "fog.delta_mtl" not in tabulate(*measured, THREE)[0]


def test_the_file_has_a_row_a_network(measured: tuple[Plan, list[Measured]]) -> None:
    rows = tabulate(*measured, THREE)
    read = list(csv.DictReader(io.StringIO(format_csv(rows))))
    assert [row["number"] for row in read] == ["4", "2"]
    assert list(read[0])[:5] == ["number", "key", "macs", "params", "clean.segmentation.miou"]
    assert {
        "noise.delta",
        "jpeg.delta",
        "chosen.delta",
        "attack.joint.delta",
        "consistency.semantic.truth",
    } - set(read[0]) == {"noise.delta"}
    assert float(read[1]["jpeg.delta"]) == rows[1]["jpeg.delta"]


def test_what_is_not_known_stays_empty(measured: tuple[Plan, list[Measured]]) -> None:
    rows = [{"number": 1, "a.delta": math.nan, "b": math.inf, "c": 0.5}]
    assert format_csv(rows) == "number,a.delta,b,c\n1,,,0.5\n"


def test_the_terminal_shows_what_tells_most(measured: tuple[Plan, list[Measured]]) -> None:
    plan, each = measured
    lines = format_rows(tabulate(plan, each, THREE), plan, THREE).splitlines()
    cells = {line.split("  ")[1].strip(): line.split() for line in lines}
    assert cells["trial"] == ["trial", "4", "2", "truth"]
    assert len(cells["consistency.semantic [fraction]"]) == 5
    assert cells["fog.delta"][2] == "%"
    assert "fog.depth.delta" not in cells


def test_without_a_main_task_all_count(measured: tuple[Plan, list[Measured]]) -> None:
    edges = THREE[3:]
    plan = make_plan(Request(corruptions=["fog"], attacks=["none"]), edges, SPLIT)
    row = tabulate(plan, measured[1], edges)[0]
    assert row["fog.delta"] == row["fog.edges.delta"]
