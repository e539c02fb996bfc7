from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from search.problem.bounds import Limits
from search.problem.objectives import resolve_objectives
from search.problem.problem import Problem
from search.report.estimated_effects import KEPT, MOST, read_estimated_effects, write_estimated_effects
from search.report.page.sharing_effects import Effect, list_shared
from spaces.branching import Branching
from spaces.choices import enumerate_patterns
from spaces.errors import DataError
from spaces.fusion import Fusion
from spaces.networks.cost import Cost
from spaces.pattern.sharing_pattern import SharingPattern
from spaces.pattern.walk import list_blocks
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


def test_what_is_beyond_the_limits_is_not_asked_for_since_the_supernet_has_not_seen_it(tmp_path: Path) -> None:
    def tell_allowed(pattern: SharingPattern) -> Mapping[str, float]:
        if not problem.allows(pattern):
            raise DataError("no estimates of it")
        return tell(pattern)

    names = tuple(sorted(NAMES))
    problem = Problem(
        Fusion(2, 3), names, OBJECTIVES, lambda pattern: Cost(len(list_blocks(pattern)), 1), Limits(macs=9)
    )
    problem = replace(problem, estimates=tell_allowed)
    every = [drawn.pattern for drawn in enumerate_patterns(Fusion(2, 3), names)]
    allowed = sum(map(problem.allows, every))
    assert 8 <= allowed < len(every)
    write_estimated_effects(tmp_path, problem, OBJECTIVES[0])
    assert {each.trials for each in read_estimated_effects(tmp_path, "delta_mtl")} == {allowed}
    write_estimated_effects(tmp_path / "few", replace(problem, limits=Limits(macs=5)), OBJECTIVES[0])
    assert not (tmp_path / "few").exists()


def test_without_estimates_or_with_a_damaged_file_nothing_is_told(tmp_path: Path) -> None:
    assert read_estimated_effects(tmp_path, "delta_mtl") == ()
    problem = state(Fusion(2, 3), tuple(sorted(NAMES)))
    blind = replace(problem, estimates=lambda pattern: {"delta_mtl": math.nan, "macs": 1.0})
    write_estimated_effects(tmp_path, blind, OBJECTIVES[0])
    assert read_estimated_effects(tmp_path, "delta_mtl") == ()
    whole = {"stage": "decoder 1", "pair": list(PAIR), "value": 1.0, "sd": 1.0, "sharing": 3, "trials": 9}
    assert write_by_hand(tmp_path, [whole]) == (Effect("decoder 1", PAIR, 1.0, 1.0, 3, 9),)
    for name, bad in (
        ("sd", "?"),
        ("value", None),
        ("pair", "ab"),
        ("pair", ["a"]),
        ("sharing", math.inf),
        ("sd", [1]),
    ):
        assert write_by_hand(tmp_path, [{**whole, name: bad}]) == ()
    for text in ("{", "[]", '{"objective": "delta_mtl", "effects": [{"stage": 1}]}', '{"objective": "delta_mtl"}'):
        (tmp_path / KEPT).write_text(text)
        assert read_estimated_effects(tmp_path, "delta_mtl") == ()


def write_by_hand(folder: Path, effects: list[dict[str, Any]]) -> Sequence[Effect]:
    (folder / KEPT).write_text(json.dumps({"objective": "delta_mtl", "effects": effects}))
    return read_estimated_effects(folder, "delta_mtl")
