"""What a supernet tells of patterns, as objectives."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from search.problem.deltas import compute_delta
from search.problem.estimates import BEND, SLOPE, Estimates, foretell_trained, relate_estimates
from search.problem.objectives import DELTA_MTL, MACS, PARAMS, Objective
from search.problem.problem import Problem
from spaces.choices import enumerate_patterns
from spaces.errors import DataError
from spaces.fusion import Fusion
from spaces.networks.cost import compute_cost
from spaces.networks.modules.output import Output
from spaces.networks.small import Small
from spaces.pattern.computations import Computations
from spaces.pattern.sharing_pattern import SharingPattern, hard_sharing, separate_decoders
from trainers.tasks.depth import Depth
from trainers.tasks.normals import Normals

TASKS = (Depth("depth"), Normals("normals"))
NAMES = tuple(task.name for task in TASKS)
SPACE = Fusion(2, 2)
PATTERNS = [proposal.pattern for proposal in enumerate_patterns(SPACE, NAMES)]
ERROR = Objective("depth.abs_err_m", "m", "minimise")
GIVEN = {
    "family": Small(encoder_widths=(4, 4), decoder_width=4),
    "outputs": dict.fromkeys(NAMES, Output(2, "regression")),
    "size": (16, 16),
}
PROBLEM = Problem(SPACE, NAMES, (DELTA_MTL, MACS, PARAMS, ERROR), partial(compute_cost, **GIVEN))
REFERENCE = {"depth": 0.5, "normals": 20.0}
WHOLE = {f"{task.name}.{metric.name}": 1.0 for task in TASKS for metric in task.table}


def make_table() -> dict[str, dict[str, dict[str, float]]]:
    """Metrics by what a head reads last, all different."""
    graph, table = Computations(), {name: {} for name in NAMES}
    for pattern in PATTERNS:
        for task, reads in graph.walk(pattern).items():
            number = float(reads[-1].number)
            named = next(each for each in TASKS if each.name == task)
            table[task][reads[-1].key] = {metric.name: 0.1 * number for metric in named.table}
    return table


def read_alone(pattern: SharingPattern) -> dict[str, float]:
    table = make_table()
    reads = Computations().walk(pattern)
    return {f"{t}.{name}": value for t in reads for name, value in table[t][reads[t][-1].key].items()}


def test_a_pattern_has_the_metrics_of_its_chains_whatever_was_read_before() -> None:
    estimates = Estimates(make_table(), "file")
    assert [estimates.read(pattern) for pattern in reversed(PATTERNS)] == [read_alone(p) for p in reversed(PATTERNS)]
    assert estimates.read(PATTERNS[0]) == read_alone(PATTERNS[0])


def test_a_task_is_told_alike_by_patterns_with_one_chain_to_it() -> None:
    estimates = Estimates(make_table(), "file")
    parted = [
        pattern for pattern in PATTERNS if pattern.decoder[0].groups == separate_decoders(NAMES, 2, 2).decoder[0].groups
    ]
    assert len({estimates.read(pattern)["depth.abs_err_m"] for pattern in parted}) == 1
    assert len({estimates.read(pattern)["depth.abs_err_m"] for pattern in PATTERNS}) == 3


@pytest.mark.parametrize(
    "pattern", [hard_sharing(("depth", "parts"), 2, 2), hard_sharing(NAMES, 3, 3)], ids=["other tasks", "other stages"]
)
def test_a_pattern_of_another_space_is_told(pattern: SharingPattern) -> None:
    with pytest.raises(DataError) as caught:
        Estimates(make_table(), "file").read(pattern)
    assert str(caught.value) == (
        f"file: no estimates of pattern {pattern.key}, so they are of another space, or damaged; remove the file, and "
        "the same command makes them again"
    )


@pytest.mark.parametrize("damaged", [[], {"depth": None}, {"depth": {"a": 3}}, {"depth": {"a": {"b": "much"}}}, 7])
def test_a_damaged_table_is_told_with_its_file(damaged: object) -> None:
    with pytest.raises(
        DataError, match=r"^file: no estimates by task and pattern \(.*\); remove the file, and the same"
    ):
        Estimates(damaged, "file")  # type: ignore[arg-type]


def test_a_metric_that_is_no_number_is_kept_as_null_and_comes_back_so() -> None:
    table = make_table()
    stored = json.loads(json.dumps(table))
    key = Computations().walk(PATTERNS[0])["depth"][-1].key
    stored["depth"][key]["abs_err_m"] = None
    assert math.isnan(Estimates(stored, "file").read(PATTERNS[0])["depth.abs_err_m"])
    told = relate_estimates(Estimates(stored, "file"), PROBLEM, TASKS, REFERENCE, WHOLE)(PATTERNS[0])
    assert math.isnan(told["delta_mtl"])
    assert math.isfinite(told["macs"])


def test_objectives_are_related_to_single_task_networks_and_costs_are_exact() -> None:
    tell = relate_estimates(Estimates(make_table(), "file"), PROBLEM, TASKS, REFERENCE, WHOLE)
    for pattern in PATTERNS:
        metrics, cost = read_alone(pattern), PROBLEM.cost(pattern)
        told = compute_delta(metrics, REFERENCE, TASKS, WHOLE)
        assert tell(pattern) == {
            "delta_mtl": told["delta_mtl"],
            "macs": cost.macs,
            "params": cost.params,
            "depth.abs_err_m": metrics["depth.abs_err_m"],
            **{name: value for name, value in told.items() if name.endswith(".delta") and name != "edges.delta"},
        }


def test_what_a_training_tells_is_foretold_nearer_to_the_best_and_costs_stay() -> None:
    tell = relate_estimates(Estimates(make_table(), "file"), PROBLEM, TASKS, REFERENCE, WHOLE)
    rows = np.array([list(tell(pattern).values()) for pattern in PATTERNS])
    found = foretell_trained(replace(PROBLEM, estimates=tell), PATTERNS)
    assert found.shape == (len(PATTERNS), 4)
    assert found[:, 1:3] == pytest.approx(rows[:, 1:3])
    for column, best in ((0, rows[:, 0].max()), (3, rows[:, 3].min())):
        below, told = np.abs(rows[:, column] - best), np.abs(found[:, column] - best)
        assert (told <= SLOPE * below + 1e-9).all()  # nearer to the best, in the same order
        assert (np.argsort(told) == np.argsort(below)).all()


def test_a_pattern_of_which_nothing_is_told_counts_as_the_worst() -> None:
    values = {pattern.key: float(number) for number, pattern in enumerate(PATTERNS)}
    values[PATTERNS[1].key] = math.nan
    problem = replace(PROBLEM, objectives=(DELTA_MTL,), estimates=lambda pattern: {"delta_mtl": values[pattern.key]})
    found = foretell_trained(problem, PATTERNS)[:, 0]
    assert found[1] == found[0] == found.min()


@pytest.mark.parametrize(("best", "told"), [(-40.0, 0.0), (12.0, 12.0)])
def test_the_best_is_foretold_to_hold_what_single_task_networks_do_and_the_others_keep_their_distance(
    best: float, told: float
) -> None:
    values = {pattern.key: best - number for number, pattern in enumerate(PATTERNS)}
    problem = replace(PROBLEM, objectives=(DELTA_MTL,), estimates=lambda pattern: {"delta_mtl": values[pattern.key]})
    found = foretell_trained(problem, PATTERNS)[:, 0]
    assert found[0] == told
    assert found[0] - found[1] == pytest.approx(BEND * math.log1p(SLOPE / BEND))


def test_where_nothing_is_told_of_any_pattern_costs_alone_decide() -> None:
    problem = replace(
        PROBLEM, objectives=(DELTA_MTL, MACS), estimates=lambda pattern: {"delta_mtl": math.nan, "macs": 1.0}
    )
    assert foretell_trained(problem, PATTERNS).tolist() == [[0.0, 1.0]] * len(PATTERNS)


def test_of_no_patterns_nothing_is_foretold() -> None:
    problem = replace(PROBLEM, estimates=lambda pattern: {})
    assert foretell_trained(problem, []).shape == (0, 4)
