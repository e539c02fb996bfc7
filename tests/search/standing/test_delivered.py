from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

import pytest

from search.standing.delivered import list_delivered, read_confirmed, read_finals, read_front
from search.study.fronts.final_files import save_final
from tests.search.study.fronts.test_final_files import make

CSV = "number,delta_mtl,delta_mtl.low,delta_mtl.high,delta_mtl.search,macs\n"
NAMES = ("delta_mtl", "macs")


def nothing(metrics: Mapping[str, float]) -> dict[str, float]:
    return {}


def test_what_has_no_best_guess_scatters_as_single_task_networks_do(tmp_path: Path) -> None:
    (tmp_path / "front.csv").write_text(
        "number,delta_mtl,macs,delta_mtl.guess,delta_mtl.sd,depth.delta\n3,9.0,11,,,9.0\n4,12.0,13,8.0,0.5,12.0\n"
    )
    problems: list[str] = []
    first, second = read_front(
        tmp_path / "front.csv", NAMES, lambda metrics: {"delta_mtl": metrics["depth.delta"] / 3}, problems
    )
    assert first == {"number": 3, "delta_mtl": 9.0, "macs": 11.0, "delta_mtl.sd": 3.0}
    assert second == {"number": 4, "delta_mtl": 12.0, "macs": 13.0, "delta_mtl.guess": 8.0, "delta_mtl.sd": 0.5}
    assert problems == []


def test_the_front_of_what_was_trained_to_the_end_is_delivered(tmp_path: Path) -> None:
    for number, delta in ((3, 9.0), (1, 12.0), (8, 14.0)):  # the cheapest has the least number
        save_final(tmp_path, make(tmp_path, number, delta, 8))
    problems: list[str] = []
    finals = read_finals(tmp_path, problems)
    assert list_delivered(finals, {"objectives": NAMES}, nothing) == (
        {"number": 1, "delta_mtl": 12.0, "macs": 11.0},
        {"number": 8, "delta_mtl": 14.0, "macs": 18.0},
    )
    away = {"objectives": ["gaze.error", "macs"], "tasks": [{"_target_": "nobody.has.Gaze"}]}
    assert [each["number"] for each in list_delivered(finals, away, nothing)] == [1, 3, 8]
    assert list_delivered((), away, nothing) == ()
    assert problems == []
    next((tmp_path / "finals").glob("0003*.json")).write_text("[")
    assert read_finals(tmp_path, problems) == ()
    assert "no final training" in problems[0]


def test_what_was_confirmed_of_networks_as_they_are_now_is_told(tmp_path: Path) -> None:
    problems: list[str] = []
    networks = [{"number": 3, "delta_mtl": 9.5, "macs": 1e7}, {"number": 4, "delta_mtl": math.nan, "macs": 1e7}]
    assert read_confirmed(tmp_path, networks, NAMES, problems) == {}
    (tmp_path / "confirmed.csv").write_text(f"{CSV}3,8.0,7.0,9.0,9.5,1e7\n4,2.0,,,,1e7\n5,8.0,7.0,9.0,9.5,1e7\n")
    found = read_confirmed(tmp_path, networks, NAMES, problems)
    assert found == {
        3: {"delta_mtl": (8.0, 7.0, 9.0)},
        4: {"delta_mtl": pytest.approx((2.0, math.nan, math.nan), nan_ok=True)},
    }
    trained_further = [{**networks[0], "delta_mtl": 9.6}]
    assert read_confirmed(tmp_path, trained_further, NAMES, problems) == {}
    assert problems == []
    (tmp_path / "confirmed.csv").write_text(f"{CSV}three,8.0,7.0,9.0,9.5,1e7\n")
    assert read_confirmed(tmp_path, networks, NAMES, problems) == {}
    assert "confirmed.csv cannot be read" in problems[0]
