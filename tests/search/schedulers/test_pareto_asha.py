"""Successive halving by non-dominated rank."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.problem.objectives import DELTA_MTL, MACS
from search.problem.pareto import mark_front
from search.schedulers.pareto_asha import ParetoAsha, rank
from spaces.errors import ConfigError

WAYS = [DELTA_MTL.direction, MACS.direction]
ROWS = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=12).map(
    lambda rows: np.array(rows, dtype=float)
)
ETAS = st.sampled_from([1.5, 2.0, 3.0, 4.0])


@given(ROWS)
def test_nothing_dominated_goes_before_what_dominates_it(values: np.ndarray) -> None:
    order = rank(values, WAYS).tolist()
    gains = values * [1, -1]

    assert sorted(order) == list(range(len(values)))
    for place, row in enumerate(order):
        for later in order[place + 1 :]:
            assert not ((gains[later] >= gains[row]).all() and (gains[later] > gains[row]).any())


@given(ROWS, ETAS, st.booleans())
def test_never_more_than_the_share_goes_on_and_somebody_once_complete(
    values: np.ndarray, eta: float, complete: bool
) -> None:
    chosen = ParetoAsha(rung=1, eta=eta).promoted(values, WAYS, complete=complete).tolist()
    share = len(values) / eta

    assert len(chosen) == (math.ceil(share) if complete else math.floor(share))
    assert chosen == rank(values, WAYS)[: len(chosen)].tolist()


@given(st.integers(1, 10), ETAS, st.integers(2, 100))
def test_rungs_rise_from_the_first_to_the_end(rung: int, eta: float, epochs: int) -> None:
    scheduler = ParetoAsha(rung, eta)
    if rung >= epochs:
        with pytest.raises(ConfigError, match="is not before the end of a training"):
            scheduler.rungs(epochs)
        return
    rungs = scheduler.rungs(epochs)
    assert (rungs[0], rungs[-1]) == (rung, epochs)
    assert list(rungs) == sorted(set(rungs))
    assert rung / epochs < scheduler.share(epochs) < 1


def test_ranks_go_front_by_front_and_then_by_contribution() -> None:
    rng = np.random.default_rng(0)
    for _ in range(50):
        values = rng.normal(size=(rng.integers(1, 20), 2))
        order = rank(values, WAYS)
        assert sorted(order) == list(range(len(values)))
        first = set(mark_front(values, WAYS))
        assert set(order[: len(first)]) == first
    # Of a front, the one that stands alone goes before two that stand together.
    assert rank(np.array([[0.0, 1.0], [0.01, 1.01], [3.0, 2.0]]), WAYS)[0] == 2
    assert rank(np.array([[0.0, 1.0], [5.0, 1.0]]), WAYS).tolist() == [1, 0]


def test_units_do_not_matter() -> None:
    values = np.random.default_rng(1).normal(size=(30, 2))
    assert rank(values, WAYS).tolist() == rank(values * [1e-3, 1e9] + [5, 7], WAYS).tolist()


def test_rungs() -> None:
    assert ParetoAsha(rung=1, eta=3).rungs(27) == (1, 3, 9, 27)
    assert ParetoAsha(rung=2, eta=2).rungs(7) == (2, 4, 7)
    assert ParetoAsha(rung=1, eta=1.5).rungs(4) == (1, 2, 3, 4)
    with pytest.raises(ConfigError, match=r"scheduler.rung=8: a pause after 8 epochs is not before the end of a train"):
        ParetoAsha(rung=8).rungs(8)
    for fields, told in (({"rung": 0}, "scheduler.rung=0"), ({"eta": 1}, "scheduler.eta=1"), ({"eta": "x"}, "eta=x")):
        with pytest.raises(ConfigError, match=told):
            ParetoAsha(**fields)
