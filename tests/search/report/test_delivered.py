"""What a search delivers and how its supernet ranked, in sentences."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import spearmanr

from search.jobs.trial import Trial
from search.problem.objectives import resolve_objectives
from search.report.delivered import (
    FEWEST,
    correlate_ranks,
    count_before,
    describe_delivered,
    describe_ranking,
    describe_reference,
)
from search.study.fronts.front import FrontView
from spaces.drawing.one_line import describe_in_line
from tests.search.trials import SINGLES, TASKS, complete, failed

quick = settings(max_examples=50, deadline=None)  # on busy cores a deadline measures the neighbours
CHOSEN = resolve_objectives(["delta_mtl", "macs"], TASKS)
DELTAS = (-4.0, 1.0, -2.0, 3.0, 2.0)


def view(trials: Sequence[Trial]) -> FrontView:
    return FrontView(trials, (), CHOSEN, (-20.0, 21e6), {})


def trials(estimates: Sequence[float | None]) -> list[Trial]:
    """Trials whose MACs fall where their deltas rise, with estimates where there are some."""
    found = []
    for number, (delta, told) in enumerate(zip(DELTAS, estimates, strict=False)):
        known = {} if told is None else {"delta_mtl": told, "macs": 1.0}
        found.append(complete(number, delta, 10_000_000 - int(delta * 1_000_000), estimates=known))
    return found


def test_what_is_delivered_is_told_in_no_more_digits_than_are_known_of_it() -> None:
    (trial,), far = trials([None])[:1], {"segmentation.delta": 9900.0}
    final = complete(0, 300.0, trial.macs, metrics={**trial.metrics, **far})
    line = describe_delivered([final], replace(view([trial]), finals=[final], singles=SINGLES))[1]
    assert line.startswith("trial 0: delta_mtl +300 +- 33 % after 8 epochs of its own (its trial: -4.0 +- 1.3 %), ")


def test_without_estimates_nothing_is_said_of_a_ranking() -> None:
    assert describe_ranking(view(trials([None] * 5))) == []
    assert describe_ranking(view([])) == []


def test_a_ranking_is_told_with_its_interval_and_macs_alone_beside_it() -> None:
    (line,) = describe_ranking(view([*trials([10 * delta - 3 for delta in DELTAS]), failed(9)]))
    low = math.tanh(math.atanh(0.999999) - 1.96 * math.sqrt((1 + 0.999999**2 / 2) / 2))
    assert line == (
        f"The supernet's estimates of delta_mtl rank 5 trials with a correlation of 1.00 ({low:.2f} to 1.00), MACs "
        "alone with -1.00."
    )


def test_only_complete_trials_with_estimates_are_ranked_and_a_few_of_them_at_least() -> None:
    assert FEWEST == 4
    assert describe_ranking(view(trials([1.0, 2.0, 3.0, None, None]))) == []
    assert describe_ranking(view(trials([1.0, 2.0, 3.0, math.nan, None]))) == []
    (line,) = describe_ranking(view([*trials([1.0, 2.0, 3.0, 4.0, None]), failed(8)]))
    assert "rank 4 trials" in line


def test_estimates_that_are_all_alike_have_no_correlation() -> None:
    (line,) = describe_ranking(view(trials([1.0] * 5)))
    assert line == ("The supernet's estimates of delta_mtl rank 5 trials with no correlation, MACs alone with -1.00.")
    same = [replace(trial, macs=7) for trial in trials(DELTAS)]
    (line,) = describe_ranking(view(same))
    assert line.endswith("), MACs alone with none.")


@quick
@given(
    values=st.lists(st.tuples(st.integers(-9, 9), st.integers(-9, 9)), min_size=FEWEST, max_size=30).filter(
        lambda pairs: all(len(set(each)) > 1 for each in zip(*pairs, strict=True))
    )
)
def test_the_correlation_is_spearman_s_and_lies_in_its_interval(values: list[tuple[int, int]]) -> None:
    one, other = np.array(values, dtype=float).T
    rank, low, high = correlate_ranks(one, other)
    assert rank == pytest.approx(spearmanr(one, other).statistic)
    assert -1 <= low <= rank + 1e-5
    assert rank - 1e-5 <= high <= 1
    again = correlate_ranks(-one, other)
    assert again == pytest.approx((-rank, -high, -low))


def test_the_interval_is_narrower_of_more_and_covers_the_truth_about_as_often_as_it_says() -> None:
    rng = np.random.default_rng(0)
    covered, widths = 0, []
    true = 6 / math.pi * math.asin(0.6 / 2)  # Spearman's of a normal distribution with Pearson's .6
    for _ in range(200):
        one = rng.normal(size=30)
        other = 0.6 * one + 0.8 * rng.normal(size=30)
        _, low, high = correlate_ranks(one, other)
        covered += low <= true <= high
        widths.append(high - low)
    assert 0.9 <= covered / 200 <= 0.99
    _, low, high = correlate_ranks(np.arange(300.0), np.arange(300.0) + 100 * rng.normal(size=300))
    assert high - low < np.mean(widths)


def test_what_is_delivered_stands_a_line_each_with_what_its_trial_had_shown() -> None:
    searched = trials([None] * 5)
    finals = [
        replace(searched[1], objectives={"delta_mtl": 8.25, "macs": 9e6}, epochs=16),
        replace(complete(7, 4.5, 12_000_000), epochs=16),
    ]
    assert describe_delivered(finals, view(searched)) == [
        "Delivered, trained to the end: 2 networks, in front/ and finals.csv; hypervolume 339 M [% x MACs].",
        f"trial 1: delta_mtl +8.2 % after 16 epochs of its own (its trial: +1.0 %), 9.00 M multiply-accumulates, "
        f"{describe_in_line(finals[0].pattern)}",
        f"trial 7: delta_mtl +4.5 % after 16 epochs of its own (its trial: ?), 12.0 M multiply-accumulates, "
        f"{describe_in_line(finals[1].pattern)}",
    ]


def test_the_ranking_follows_what_is_delivered() -> None:
    searched = trials(DELTAS)
    lines = describe_delivered(searched[:1], view(searched))
    assert len(lines) == 3
    assert lines[2:] == describe_ranking(view(searched))


def test_deltas_against_shorter_trainings_say_so() -> None:
    member = replace(complete(0, 1.0, 5), epochs=11)
    assert describe_reference([member], 8, {}, 53) == (
        "Deltas are against single-task networks of 8 epochs; each of these networks had 11 epochs of its own and 53 "
        "that all patterns shared. baselines.epochs=64 compares them with single-task networks of as many, in a run of "
        "another run.name."
    )
    assert "had 11 epochs of its own. baselines.epochs=11" in describe_reference([member], 8, {}, 0)
    assert "of its own and 8 of its trial. baselines.epochs=19" in describe_reference([member], 8, {0: ("trial", 8)}, 0)
    assert "of its own and 53 that all" in describe_reference([member], 8, {0: ("supernet", 53)}, 0)
    assert "had 11 epochs of its own. b" in describe_reference([member], 8, {0: ("nothing", 0)}, 53)
    assert describe_reference([member], 8, {0: ("", 0)}, 53) == ""  # an earlier version did not say
    assert "networks of 1 epoch; each" in describe_reference([member], 1, {}, 0)


def test_of_networks_that_went_on_from_others_the_epochs_of_these_count_too() -> None:
    chain = [replace(complete(n, 1.0, 5), epochs=e, follows=f) for n, e, f in ((0, 11, None), (2, 9, 0), (3, 8, 2))]
    followed = count_before(chain)
    assert followed == {0: 0, 2: 11, 3: 20}
    told = describe_reference(chain, 8, {}, 53, followed)
    assert "had up to 8 epochs of its own, 53 that all patterns shared and 20 of those that it went on from" in told
    assert "baselines.epochs=81 compares" in told
    assert "had 11 epochs of its own and 53 that all" in describe_reference(chain[:1], 8, {}, 53, followed)


def test_the_longest_counts_and_nothing_is_said_of_what_is_fair_or_not_known() -> None:
    members = [replace(complete(number, 1.0, 5), epochs=epochs) for number, epochs in ((0, 11), (1, 9))]
    told = describe_reference(members, 8, {1: ("trial", 8)}, 0)
    assert "had up to 9 epochs of its own and 8 of its trial. baselines.epochs=17" in told
    assert describe_reference(members, 11, {}, 0) == describe_reference([], 8, {}, 0) == ""
    assert describe_reference(members, 0, {}, 9) == ""
