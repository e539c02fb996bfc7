from __future__ import annotations

from dataclasses import dataclass

import pytest
from torch import Tensor

from spaces.errors import DataError
from tests.trainers.robustness.columns import tabulate_one
from tests.trainers.robustness.rooms import TASKS, build_network, draw_split
from trainers.robustness.measure_aims import measure_aims, plan_aims
from trainers.tasks.depth import Depth

SPLIT = draw_split(3)
THREE = TASKS[:4]


@dataclass(frozen=True)
class Counted(Depth):
    """Depth whose loss has no gradient."""

    def loss(self, prediction: Tensor, target: Tensor) -> Tensor:
        return (prediction > target).float().mean()


def test_what_is_measured_of_a_network_is_what_the_columns_say() -> None:
    network = build_network(THREE)
    columns = tabulate_one(network, SPLIT, THREE)
    prefixes = ("attack.cospgd.depth", "attack.joint.high", "consistency.geometric", "consistency.semantic", "noise")
    found = measure_aims(network, SPLIT, THREE, prefixes)
    assert set(found) == set(prefixes)
    for prefix, values in found.items():
        for name, value in values.items():
            column = prefix if name == "value" else f"{prefix}.{name}"
            assert value == pytest.approx(float(columns[column]), rel=1e-5, nan_ok=True)


def test_nothing_but_what_is_wanted_is_measured() -> None:
    plan = plan_aims(SPLIT, THREE, ("blur", "consistency.semantic"))
    assert {each.family for each in plan.corruptions} == {"blur"}
    assert plan.attacks == ()
    assert [relation.name for relation in plan.relations] == ["semantic"]
    assert len({each.family for each in plan_aims(SPLIT, THREE, ("corruptions",)).corruptions}) == 4


def test_an_attack_on_a_loss_without_gradient_is_refused() -> None:
    tasks = (THREE[0], Counted("depth"))
    with pytest.raises(DataError) as caught:
        plan_aims(SPLIT, tasks, ("attack.depth.low", "noise"))
    assert str(caught.value) == (
        "objectives: attack depth climbs the gradient of a loss, and that of depth cannot be differentiated; want one "
        "of joint, segmentation, cospgd.joint, cospgd.segmentation, or give the task a loss that has a gradient"
    )
