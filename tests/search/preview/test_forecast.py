"""Times are those of real trainings, and what they amount to is plain arithmetic."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from search.config.composition import Settings, compose
from search.preview.confirming_left import ConfirmingLeft
from search.preview.forecast import BESIDE, START, add_further, chain_trials, estimate
from search.preview.plan_text import format_time
from search.preview.remaining import Remaining
from search.preview.timed_training import Clocked, Timing
from search.runners.inline import Inline
from search.runners.ray_tune import RayTune
from spaces.errors import ConfigError
from tests.tiny import arguments, write_tiny
from trainers.recipe import Recipe

CHEAPEST, COSTLIEST = Timing(0.5, 0.1, 2.0, 16, 1.0), Timing(0.5, 0.3, 2.5, 9, 1.0)
ALONE = Timing(0.5, 0.05, 1.0, 16, 1.0)


def settings(*more: str) -> Settings:
    return compose(arguments(write_tiny(Path("data")), *more))


def test_an_estimate_adds_up() -> None:
    recipe = Recipe(epochs=4, batch_size=16)
    clocked = [
        Clocked((CHEAPEST, COSTLIEST, ALONE), 100, 500, 200, 0),
        Clocked((CHEAPEST, COSTLIEST, ALONE), 100, 600, 100, 0),
    ]

    found = estimate(clocked, recipe, trials=5, baselines=6, device="cpu", concurrency=2)

    assert found.steps == 6
    assert found.trial == pytest.approx((0.5 + 4 * (6 * 0.1 + 2.0), 0.5 + 4 * (6 * 0.3 + 2.5)))
    assert found.baseline == pytest.approx(0.5 + 4 * (6 * 0.05 + 1.0))
    # 11 trainings in pairs are 6 rounds.
    low, high = ((5 * each + 6 * found.baseline) / 11 for each in found.trial)
    assert found.search == pytest.approx((START + 6 * low, START + 6 * high))
    assert found.quiet is None
    assert (found.worker, found.training) == (600, 200)
    assert found.memory == 2 * 600 + BESIDE
    assert found.timed == 9


def test_a_chain_is_trained_one_after_the_other_when_all_else_has_ended() -> None:
    clocked = [Clocked((CHEAPEST, COSTLIEST, ALONE), 100, 500, 200, 0)]
    beside, rest = (estimate(clocked, Recipe(epochs=4, batch_size=16), left, 6, "cpu", 2) for left in (5, 0))
    assert rest.baseline is not None
    found = chain_trials(beside, rest, 5)
    low, high = (3 * rest.baseline + 5 * each for each in beside.trial)
    assert found.search == pytest.approx((START + low, START + high))
    assert (found.quiet, found.trial) == (None, beside.trial)
    half = replace(beside, quiet=(beside.search[0] / 2, beside.search[1] / 4))
    assert chain_trials(half, rest, 5).quiet == pytest.approx((found.search[0] / 2, found.search[1] / 4))


@pytest.mark.parametrize("trainings", [6, None])
def test_a_confirmation_comes_after_all_that_is_known_of_it(trainings: int | None) -> None:
    found = estimate([Clocked((CHEAPEST, COSTLIEST), 8, 1, 1, 0)], Recipe(batch_size=16), 3, 0, "cpu", 2)
    left = Remaining(0, 3, (), (), confirming=ConfirmingLeft(3, 10, trainings, 9))
    whole = add_further(found, left, single=4)
    low, high = (10 * (trainings or 0) * each + 9 * 4 * 2.1 for each in (2.1, 2.8))  # a single task is the cheapest
    assert whole.confirming == pytest.approx((low, high))
    assert whole.search == pytest.approx((found.search[0] + low / 2, found.search[1] + high / 2))


def test_what_gated_networks_start_from_is_trained_at_every_place() -> None:
    found = estimate([Clocked((CHEAPEST, COSTLIEST), 8, 1, 1, 0)], Recipe(batch_size=16), 3, 0, "cpu", 2)
    whole = add_further(found, Remaining(0, 3, (), ()), single=4, first=16)
    assert whole.search == pytest.approx(tuple(each + 16 * 2.1 for each in found.search))


def test_without_baselines_both_timings_are_of_patterns() -> None:
    found = estimate([Clocked((COSTLIEST, CHEAPEST), 8, 1, 1, 7)], Recipe(batch_size=16), 3, 0, "cuda", 1)
    assert found.baseline is None
    assert found.steps == 1  # a batch is no larger than the split
    assert found.trial == pytest.approx((0.5 + 8 * 2.1, 0.5 + 8 * 2.8))
    assert found.search == pytest.approx((START + 3 * found.trial[0], START + 3 * found.trial[1]))
    assert found.gpu == 7


def test_on_crowded_cpus_it_tells_what_a_quiet_machine_would_take() -> None:
    half = [replace(timing, share=0.5) for timing in (CHEAPEST, COSTLIEST)]
    found = estimate([Clocked(tuple(half), 32, 1, 1, 0)], Recipe(), 4, 0, "cpu", 2)
    assert found.quiet is not None
    for quiet, now in zip(found.quiet, found.search, strict=True):
        assert quiet == pytest.approx(now / 2)  # starting takes its share, too
    assert estimate([Clocked(tuple(half), 32, 1, 1, 0)], Recipe(), 4, 0, "cuda", 2).quiet is None


def test_where_a_scheduler_stops_some_the_plan_takes_less_and_says_so() -> None:
    whole, short = (
        estimate([Clocked((COSTLIEST, CHEAPEST), 8, 1, 1, 0)], Recipe(), 4, 0, "cuda", 1, share) for share in (1.0, 0.4)
    )
    assert short.search[0] - START == pytest.approx(0.4 * (whole.search[0] - START))
    assert "the scheduler ends most earlier, after 40% on average" in format_time(short)
    assert "scheduler" not in format_time(whole)


@pytest.mark.parametrize(
    ("runner", "cpus", "gpus", "places"),
    [
        (Inline(), 8, 0, (0.0, 1)),
        (Inline(), 8, 2, (1.0, 1)),
        (RayTune(), 8, 0, (0.0, 8)),
        (RayTune(cpus_per_trial=3), 8, 0, (0.0, 2)),
        (RayTune(cpus_per_trial=0.5, concurrency=5), 8, 0, (0.0, 5)),
        (RayTune(), 8, 2, (1.0, 2)),
        (RayTune(gpus_per_trial=0.25), 6, 2, (0.25, 6)),
        (RayTune(gpus_per_trial=0), 6, 2, (0.0, 6)),
    ],
)
def test_a_machine_has_places(runner: Inline | RayTune, cpus: int, gpus: int, places: tuple[float, int]) -> None:
    assert runner.places(cpus, gpus) == places


def test_a_training_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"fit on no node: the nodes have 2 CPUs and 0 GPUs"):
        RayTune(cpus_per_trial=3).places(2, 0)
