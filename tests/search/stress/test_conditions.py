from __future__ import annotations

import pytest

from search.stress.conditions import make_plan
from search.stress.request import Request
from spaces.errors import ConfigError
from tests.trainers.robustness.rooms import TASKS, draw_split
from tests.trainers.robustness.test_ascent import Accuracy

SPLIT = draw_split(2)


def test_the_usual_plan_is_everything() -> None:
    plan = make_plan(Request(), TASKS, SPLIT)
    groups = {title: len(conditions) for title, conditions in plan.groups}
    tasks = [task.name for task in TASKS]
    assert groups == {
        "clean": 2,
        **dict.fromkeys(("noise", "blur", "weather", "digital"), 20),
        **{f"attack {name}": 5 for name in ("joint", *tasks)},
    }
    assert plan.notes == ()


def test_every_summary_is_of_what_is_measured() -> None:
    plan = make_plan(Request(corruptions=["fog", "noise"], attacks=["cospgd.depth"]), TASKS, SPLIT)
    measured = {condition.key for _, conditions in plan.groups for condition in conditions}
    sizes = {summary.prefix: len(summary.conditions) for summary in plan.summaries}
    assert {c.key for summary in plan.summaries for c in summary.conditions} == measured - {"clean", "consistency"}
    attack = "attack.cospgd.depth"
    assert sizes == {"noise": 20, "fog": 5, "chosen": 25, attack: 5, f"{attack}.low": 3, f"{attack}.high": 2}


def test_nothing_but_the_clean_split_can_be_asked_for() -> None:
    plan = make_plan(Request(corruptions=["none"], attacks=["none"]), TASKS[1:2], SPLIT)
    assert [(title, [c.key for c in conditions]) for title, conditions in plan.groups] == [("clean", ["clean"])]
    assert [note.split()[0] for note in plan.notes] == [
        *("consistency.geometric", "consistency.semantic", "consistency.outlined")
    ]


def test_a_task_without_gradient_is_left_out_and_told_or_refused() -> None:
    tasks = (Accuracy("segmentation", classes=6), *TASKS[1:])
    plan = make_plan(Request(), tasks, SPLIT)
    assert [attack.name for attack in plan.attacks] == ["joint", *(task.name for task in TASKS[1:])]
    assert plan.notes == ("attacks leave segmentation out: no gradient leads through the loss",)
    with pytest.raises(ConfigError, match="--attacks segmentation: the loss of segmentation cannot be differentiated"):
        make_plan(Request(attacks=["segmentation"]), tasks, SPLIT)
