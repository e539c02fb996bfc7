from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from search.confirming.confirmation import Confirmation
from search.confirming.request import AS_SEARCHED
from search.confirming.sums import sum_up
from search.problem.deltas import compute_delta
from search.problem.objectives import DELTA_MTL, LATENCY, MACS
from tests.search.confirming.made import REFERENCE, SEEDS, make_confirmation, make_member, measure
from tests.search.trials import TASKS

CHOSEN = (DELTA_MTL, MACS)
POINT = (-20.0, 40.0)
MEMBERS = make_member(3, 0.00, 10.0, 4.0), make_member(1, 0.05, 20.0, 8.0), make_member(5, 0.051, 30.0, 9.0)


def test_means_are_deltas_against_the_mean_of_the_fresh_single_task_networks() -> None:
    totals = sum_up(make_confirmation(*MEMBERS, scatter=0.02), CHOSEN, TASKS, POINT)
    reference = {name.split(".")[0]: value for name, value in REFERENCE.items()}  # the shifts average out
    for row in totals.rows:
        deltas = [compute_delta(row.member.cells[seed].test, reference, TASKS)["delta_mtl"] for seed in SEEDS]
        assert row.test["delta_mtl"].mean == pytest.approx(np.mean(deltas), abs=1e-6)
        assert row.test["delta_mtl"].sd == pytest.approx(np.std(deltas, ddof=1))
        assert row.test["delta_mtl"].low < row.test["delta_mtl"].mean < row.test["delta_mtl"].high
        assert row.worst in ("segmentation", "depth", "normals")
    assert [row.test["macs"].mean for row in totals.rows] == [10.0, 20.0, 30.0]


def test_what_single_task_networks_scatter_by_is_in_the_intervals_but_not_between_networks() -> None:
    calm, rough = (sum_up(make_confirmation(*MEMBERS, scatter=each), CHOSEN, TASKS, POINT) for each in (0.0, -0.03))
    for one, other in zip(calm.rows, rough.rows, strict=True):
        narrow, wide = one.test["delta_mtl"], other.test["delta_mtl"]
        assert wide.high - wide.low > 1.5 * (narrow.high - narrow.low)
    for one, other in zip(calm.differences, rough.differences, strict=True):
        assert other.p == pytest.approx(one.p, rel=0.05)


def test_the_curse_is_what_the_search_promised_beyond_the_test_split() -> None:
    totals = sum_up(make_confirmation(*MEMBERS), CHOSEN, TASKS, POINT)
    curse = totals.curse
    assert curse is not None
    means = [row.test["delta_mtl"].mean for row in totals.rows]
    assert curse.total == pytest.approx(np.mean([4.0, 8.0, 9.0]) - np.mean(means))
    assert curse.split == pytest.approx(1.0)  # a hundredth worse on the test split, in percent
    assert curse.chosen + curse.split == pytest.approx(curse.total)
    assert curse.references == pytest.approx(0.0)
    assert curse.error > 0
    assert math.isnan(curse.guessed)
    guessed = tuple(replace(member, guessed={"delta_mtl": 2.0}) for member in MEMBERS)
    told = sum_up(make_confirmation(*guessed), CHOSEN, TASKS, POINT).curse
    assert told is not None
    assert told.guessed == pytest.approx(2.0 - np.mean(means))


def test_a_network_that_lacks_a_seed_is_made_up_for_on_both_splits() -> None:
    twin, short = make_member(1, 0.05, 20.0, 8.0, noise=0.0), make_member(2, 0.05, 21.0, 8.0, SEEDS[:2], noise=0.0)
    totals = sum_up(make_confirmation(twin, short), CHOSEN, TASKS, POINT)
    one, other = totals.rows
    assert other.test["delta_mtl"].mean == pytest.approx(one.test["delta_mtl"].mean)
    assert other.validation["delta_mtl"] == pytest.approx(one.validation["delta_mtl"])
    assert totals.curse is not None
    assert totals.curse.split == pytest.approx(1.0)  # as in every seed


def test_luck_of_the_search_s_single_task_networks_is_no_part_of_having_been_chosen() -> None:
    kept = make_confirmation(*MEMBERS)
    better = {seed: replace(cell, validation=measure(0.02)) for seed, cell in kept.references.items()}
    plain, lucky = (sum_up(each, CHOSEN, TASKS, POINT).curse for each in (kept, replace(kept, references=better)))
    assert plain is not None
    assert lucky is not None
    assert lucky.total == plain.total
    assert lucky.chosen == pytest.approx(plain.chosen, rel=0.05)  # percents of other references
    assert lucky.references == pytest.approx(2.0, rel=0.1)
    assert lucky.references + lucky.chosen + lucky.split == pytest.approx(lucky.total)


def test_neighbours_and_places() -> None:
    totals = sum_up(make_confirmation(*MEMBERS), CHOSEN, TASKS, POINT)
    assert [each.told_apart for each in totals.differences] == [True, False]
    assert totals.probabilities[:2].tolist() == [1.0, 1.0]
    assert 0 < totals.probabilities[2] < 1
    assert totals.gap.validation > totals.gap.optimistic >= totals.gap.pessimistic > 0


def test_networks_without_a_training_are_left_out_and_nothing_comes_of_none() -> None:
    bare = replace(MEMBERS[0], cells={})
    totals = sum_up(make_confirmation(bare, MEMBERS[1]), CHOSEN, TASKS, POINT)
    assert [row.member.number for row in totals.rows] == [1]
    empty = sum_up(Confirmation(AS_SEARCHED, (), {}), CHOSEN, TASKS, POINT)
    assert (empty.rows, empty.differences, empty.curse) == ((), (), None)


def test_without_validation_the_parts_of_the_curse_are_not_known() -> None:
    blind = tuple(
        replace(m, cells={seed: replace(cell, validation={}) for seed, cell in m.cells.items()}) for m in MEMBERS
    )
    curse = sum_up(make_confirmation(*blind), CHOSEN, TASKS, POINT).curse
    assert curse is not None
    assert math.isfinite(curse.total)
    assert math.isnan(curse.chosen)
    assert math.isnan(curse.split)


def test_without_single_task_values_to_relate_to_there_are_metrics_and_no_deltas() -> None:
    kept = make_confirmation(*MEMBERS)
    nothing = {
        seed: replace(cell, test={**cell.test, "segmentation.miou": 0.0}) for seed, cell in kept.references.items()
    }
    for references in ({}, nothing):
        totals = sum_up(replace(kept, references=references), CHOSEN, TASKS, POINT)
        assert all(math.isnan(row.test["delta_mtl"].mean) for row in totals.rows)
        assert totals.rows[0].test["depth.abs_err_m"].mean > 0
        assert totals.rows[0].worst == ""
        assert np.isnan(totals.probabilities).all()


def test_what_is_known_of_a_pattern_beforehand_is_what_the_search_measured() -> None:
    timed = tuple(replace(m, searched={**m.searched, "latency_ms": 2.0 * m.searched["macs"]}) for m in MEMBERS)
    totals = sum_up(make_confirmation(*timed), (DELTA_MTL, LATENCY), TASKS, (-20.0, 90.0))
    assert [row.test["latency_ms"].mean for row in totals.rows] == [20.0, 40.0, 60.0]
    assert totals.probabilities[:2].tolist() == [1.0, 1.0]
    assert totals.curse is not None
    assert totals.curse.objective == DELTA_MTL
