"""Names of what a search may optimise of robustness, against what the measuring of a run tells."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.trainers.robustness.columns import Columns, tabulate_one
from tests.trainers.robustness.rooms import TASKS, build_network, draw_split
from trainers.robustness.aims import (
    RELATIONS,
    count_validations,
    explain_lacking,
    list_aims,
    list_measured,
    name_attack,
)
from trainers.robustness.consistency import Geometric, Outlined, Semantic

SPLIT = draw_split(3)
THREE = TASKS[:4]


@pytest.fixture(scope="module")
def columns() -> Columns:
    return tabulate_one(build_network(THREE), SPLIT, THREE)


def test_every_column_but_the_clean_ones_and_truths_is_an_aim(columns: Columns) -> None:
    told = {name for name in columns if name.startswith(("noise.", "attack.", "consistency."))}
    told -= {name for name in told if name.endswith(".truth")}
    known = list_aims(THREE)
    assert told <= set(known)
    alone = {"noise.delta_mtl"}  # of columns that single-task networks are wanted for
    noise = {name for name in known if known[name].prefix == "noise"}
    assert noise == {n for n in told if n.startswith("noise.")} | alone
    assert {name for name in known if name.startswith("consistency.")} == {n for n in told if n.startswith("cons")}


def test_objectives_say_what_is_measured_and_others_nothing() -> None:
    wanted = ["delta_mtl", "attack.joint.high.delta", "noise.depth.delta", "noise.delta", "consistency.geometric"]
    assert list_measured(wanted, THREE) == ("attack.joint.high", "consistency.geometric", "noise")
    assert list_measured(["delta_mtl", "macs", "depth.abs_err_m"], THREE) == ()


def test_consistencies_are_those_that_are_measured() -> None:
    assert {kind.name: kind.unit for kind in (Geometric, Semantic, Outlined)} == {
        name: unit for name, (_, unit, _) in RELATIONS.items()
    }
    assert "consistency.geometric" not in list_aims(TASKS[:2])
    assert not list_aims(THREE)["consistency.geometric"].higher_is_better


def test_measuring_is_counted_in_validations() -> None:
    assert count_validations([]) == 0
    assert count_validations(["noise"]) == 20
    assert count_validations(["corruptions", "noise"]) == 80
    attack = count_validations(["attack.joint.low"])
    assert attack == count_validations(["attack.joint", "attack.joint.high"]) > 40
    assert count_validations(["attack.joint", "attack.depth", "consistency.semantic"]) == 2 * attack + 1


def test_a_consistency_says_which_tasks_it_wants() -> None:
    assert (
        explain_lacking("consistency.semantic")
        == "consistency.semantic wants tasks of the kinds segmentation and edges"
    )
    assert explain_lacking("noise.delta") == explain_lacking("consistency.other") == ""


def test_a_prefix_names_its_attack() -> None:
    named = {
        "attack.joint": "joint",
        "attack.joint.high": "joint",
        "attack.cospgd.depth.low": "cospgd.depth",
        "noise": "",
    }
    assert {prefix: name_attack(prefix) for prefix in named} == named
    assert name_attack("attack.low") == "low"  # a task of this name


def test_names_are_known_without_torch() -> None:
    code = "import sys, trainers.robustness.aims; print('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"
