from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from search.problem.objectives import resolve_objectives
from search.problem.problem import Problem
from search.report.estimated_effects import KEPT, MOST, read_estimated_effects, write_estimated_effects
from search.report.page.sharing_effects import list_shared
from spaces.branching import Branching
from spaces.fusion import Fusion
from spaces.networks.cost import Cost
from spaces.pattern.sharing_pattern import SharingPattern
from spaces.space import Space
from tests.search.trials import NAMES, TASKS

OBJECTIVES = resolve_objectives(["delta_mtl", "macs"], TASKS)
PAIR = ("depth", "segmentation")


def tell(pattern: SharingPattern) -> Mapping[str, float]:
    return {"delta_mtl": -6.0 * list_shared(pattern)["decoder 1", PAIR], "macs": 1.0}


def state(space: Space, names: tuple[str, ...]) -> Problem:
    return Problem(space, names, OBJECTIVES, lambda pattern: Cost(1, 1), estimates=tell)


@pytest.mark.parametrize("space", [Fusion(2, 3), Branching(4, 3)])
def test_what_estimates_say_of_a_pair_is_kept_and_read_again(space: Space, tmp_path: Path) -> None:
    problem = state(space, tuple(sorted(NAMES)))
    write_estimated_effects(tmp_path, problem, OBJECTIVES[0])
    found = {(each.stage, each.pair): each for each in read_estimated_effects(tmp_path, "delta_mtl")}
    least = min(found, key=lambda name: found[name].value)
    assert least == ("decoder 1", PAIR)
    assert found[least].value == pytest.approx(-6.0, abs=0.1)
    assert 0 < found[least].sharing < found[least].trials <= MOST
    assert read_estimated_effects(tmp_path, "worst_delta") == ()


def test_without_estimates_or_with_a_damaged_file_nothing_is_told(tmp_path: Path) -> None:
    assert read_estimated_effects(tmp_path, "delta_mtl") == ()
    problem = state(Fusion(2, 3), tuple(sorted(NAMES)))
    blind = replace(problem, estimates=lambda pattern: {"delta_mtl": math.nan, "macs": 1.0})
    write_estimated_effects(tmp_path, blind, OBJECTIVES[0])
    assert read_estimated_effects(tmp_path, "delta_mtl") == ()
    for text in ("{", "[]", '{"objective": "delta_mtl", "effects": [{"stage": 1}]}', '{"objective": "delta_mtl"}'):
        (tmp_path / KEPT).write_text(text)
        assert read_estimated_effects(tmp_path, "delta_mtl") == ()
