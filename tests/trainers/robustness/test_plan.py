from __future__ import annotations

from tests.trainers.robustness.rooms import TASKS
from trainers.robustness.attacks import BOUNDS, HIGH, LOW, list_attacks
from trainers.robustness.corruptions.catalogue import find_corruptions
from trainers.robustness.corruptions.corruption import SEVERITIES
from trainers.robustness.plan import Plan


def test_columns_are_of_families_of_all_of_them_and_of_attacks_by_strength() -> None:
    plan = Plan(find_corruptions(["fog", "noise", "frost"]), (list_attacks(TASKS)["joint"],), (), 7)
    counts = {summary.prefix: len(summary.conditions) for summary in plan.summaries}
    severities = len(SEVERITIES)
    assert counts == {
        "noise": 4 * severities,  # all of its kind
        "fog": severities,  # of a family that is not whole
        "frost": severities,
        "chosen": 6 * severities,
        "attack.joint": len(BOUNDS),
        "attack.joint.low": len(LOW),
        "attack.joint.high": len(HIGH),
    }
    assert all(condition.key.endswith("/seed7") for summary in plan.summaries for condition in summary.conditions)


def test_one_family_is_not_told_twice_and_all_that_columns_want_is_measured() -> None:
    plan = Plan(find_corruptions(["noise"]), (), (), 0)
    assert [summary.prefix for summary in plan.summaries] == ["noise"]
    measured = {condition.key for _, conditions in plan.groups for condition in conditions}
    assert measured == {"clean"} | {each.key for summary in plan.summaries for each in summary.conditions}
