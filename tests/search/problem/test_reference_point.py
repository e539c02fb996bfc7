from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.problem import objectives, reference_point
from search.problem.bounds import Reference
from search.problem.objectives import MINIMISE
from search.problem.pareto import compute_hypervolume
from spaces.errors import DataError
from tests.search.trials import TASKS

quick = settings(max_examples=50, deadline=None)  # on busy cores a deadline measures the neighbours
NAMES = ("delta_mtl", "worst_delta", "macs", "params", "depth.abs_err_m", "segmentation.miou")
TRIVIAL = {"depth.abs_err_m": 0.9, "segmentation.miou": 0.1}


@quick
@given(
    macs=st.integers(1, 10**12),
    params=st.integers(1, 10**9),
    share=st.floats(0.001, 1.0),
    delta=st.floats(-100.0, -0.1),
    cost=st.floats(1.01, 10.0),
)
def test_the_costliest_pattern_as_good_as_single_task_networks_still_counts(
    macs: int, params: int, share: float, delta: float, cost: float
) -> None:
    chosen = objectives.resolve_objectives(NAMES, TASKS)
    point = reference_point.compute_reference_point(chosen, macs, params, TRIVIAL, Reference(delta, cost))
    allowed = (0.0, 0.0, share * macs, share * params, 0.89, 0.11)
    for objective, value, worst in zip(chosen, allowed, point, strict=True):
        assert value < worst if objective.direction == MINIMISE else value > worst
    assert compute_hypervolume([allowed], point, [objective.direction for objective in chosen]) > 0


@quick
@given(names=st.permutations(NAMES))
def test_it_has_one_value_an_objective_in_the_order_of_the_objectives(names: list[str]) -> None:
    by_name = {}
    for name in NAMES:
        alone = objectives.resolve_objectives([name], TASKS)
        (by_name[name],) = reference_point.compute_reference_point(alone, 1000, 200, TRIVIAL)
    point = reference_point.compute_reference_point(objectives.resolve_objectives(names, TASKS), 1000, 200, TRIVIAL)
    assert point == tuple(by_name[name] for name in names)


def test_every_objective_that_has_no_trivial_value_is_named() -> None:
    chosen = objectives.resolve_objectives(["macs", "depth.abs_err_m", "segmentation.miou"], TASKS)
    with pytest.raises(DataError, match=r"has no depth\.abs_err_m, segmentation\.miou on the validation split"):
        reference_point.compute_reference_point(chosen, 1000, 200, {"segmentation.miou": math.inf})


def test_the_reference_point_is_fixed_by_space_and_trivial_predictors() -> None:
    chosen = objectives.resolve_objectives(["delta_mtl", "worst_delta", "macs", "params", "depth.abs_err_m"], TASKS)
    point = reference_point.compute_reference_point(chosen, 1000, 200, {"depth.abs_err_m": 0.9})
    assert point == pytest.approx((-20.0, -20.0, 1050.0, 210.0, 0.9))
    with pytest.raises(DataError, match=r"the trivial predictor has no depth\.abs_err_m on the validation split"):
        reference_point.compute_reference_point(chosen, 1000, 200, {"depth.abs_err_m": math.nan})
