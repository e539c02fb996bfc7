"""How a search spends its epochs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.config import epoch_split
from search.config.epoch_split import FEWER, TRIALS, EpochSplit, split_epochs
from search.config.sections import Final, Supernet
from search.samplers.frontier import Frontier
from search.samplers.oneshot import Oneshot
from search.samplers.random import Random
from search.samplers.sampler import Sampler
from spaces.errors import ConfigError

quick = settings(max_examples=200, deadline=None)  # on busy cores a deadline measures the neighbours
LONG, SHORT, LONGER = 22, 33, 53
APART = Oneshot(order="apart")
PRIOR = Frontier(prior="supernet")
SAMPLERS = st.sampled_from((Random(), Frontier(), PRIOR, Oneshot(), APART))


def split(
    sampler: Sampler,
    trials: int | None = None,
    budget: int | None = None,
    recipe: int = 8,
    supernet: int | None = None,
    **final: Any,
) -> EpochSplit:
    return split_epochs(trials, budget, recipe, sampler, Supernet(supernet), Final(**final))


def refuse(*args: Any, **options: Any) -> str:
    with pytest.raises(ConfigError) as caught:
        split(*args, **options)
    (problem,) = caught.value.problems
    return problem


def test_where_nothing_is_said_trials_are_trained_as_the_recipe_has_it() -> None:
    found = split(Frontier())
    assert found == EpochSplit(0, TRIALS, 8, 0, 0, delivers=False)
    assert found.describe() == f"{TRIALS} trials x 8 = {TRIALS * 8} epochs"


def test_a_sampler_that_delivers_trains_few_networks_to_the_end_on_a_supernet() -> None:
    found = split(Oneshot())
    assert found == EpochSplit(LONG, FEWER, SHORT, 0, 0, delivers=True)
    total = LONG + FEWER * SHORT
    assert found.describe() == f"supernet {LONG} + {FEWER} networks x {SHORT} = {total} epochs"
    assert split(Oneshot(), trials=5, supernet=24, epochs=9) == EpochSplit(24, 5, 9, 0, 0, delivers=True)


def test_a_prior_adds_a_supernet_to_the_trials() -> None:
    assert split(PRIOR) == EpochSplit(LONGER, TRIALS, 8, 0, 0, delivers=False)
    assert split(PRIOR, supernet=24, trials=4) == EpochSplit(24, 4, 8, 0, 0, delivers=False)


def test_final_trainings_come_after_the_trials() -> None:
    found = split(Frontier(), trials=6, epochs=20, members=2)
    assert found == EpochSplit(0, 6, 8, 2, 20, delivers=False)
    assert found.describe() == "6 trials x 8 + 2 final trainings x 20 = 88 epochs"


@pytest.mark.parametrize(
    ("share", "spent", "members", "own"),
    [(0.5, 48, 3, 16), (0.6, 40, 3, 20), (0.75, 40, 2, 60), (0.9, 40, 3, 120)],
)
def test_a_final_budget_is_a_share_of_all_epochs(share: float, spent: int, members: int, own: int) -> None:
    found = split_epochs(spent // 8, None, 8, Frontier(), Supernet(), Final(budget=share, members=members))
    assert (found.members, found.final) == (members, own)


@quick
@given(
    sampler=SAMPLERS,
    share=st.floats(0.01, 0.95),
    trials=st.none() | st.integers(1, 60),
    recipe=st.integers(1, 30),
    members=st.integers(1, 6),
)
def test_a_final_share_is_as_large_as_whole_epochs_allow(
    sampler: Sampler, share: float, trials: int | None, recipe: int, members: int
) -> None:
    try:
        final = Final(budget=share, members=None if sampler.delivers else members)
        found = split_epochs(trials, None, recipe, sampler, Supernet(), final)
    except ConfigError as error:
        assert "less than one for each of" in str(error) or "already (trainer.epochs)" in str(error)
        return
    count, own = (found.trials, found.trial) if found.delivers else (found.members, found.final)
    spent = found.total - count * own
    assert count * own <= share * found.total * (1 + 1e-6)
    assert count * (own + 1) > share * (spent + count * (own + 1)) * (1 - 1e-6)


@quick
@given(
    sampler=SAMPLERS,
    budget=st.integers(1, 1000),
    trials=st.none() | st.integers(1, 60),
    recipe=st.integers(1, 30),
    members=st.integers(1, 6),
)
def test_a_budget_is_never_exceeded_and_leaves_little(
    sampler: Sampler, budget: int, trials: int | None, recipe: int, members: int
) -> None:
    try:
        found = split(sampler, trials, budget, recipe, members=None if sampler.delivers else members)
    except ConfigError as error:
        assert f"budget={budget}: leaves too little for a part" in str(error)
        return
    assert found.total <= budget
    assert budget - found.total < (found.trials if found.delivers else members)
    assert found.trials == trials or trials is None
    assert found.trials > 0
    assert found.trial > 0
    assert (found.supernet > 0) == sampler.uses_supernet
    assert found.delivers == sampler.delivers
    assert found.delivers or found.final >= recipe
    assert f" = {found.total} epochs" in found.describe()


def test_the_default_spends_88_epochs_as_a_budget_of_so_many_does() -> None:
    assert split(Oneshot()) == split(Oneshot(), budget=88)
    assert split(APART) == split(APART, budget=88) == EpochSplit(53, 2, 17, 0, 0, delivers=True)


def test_88_and_120_epochs_are_split_as_it_was_found_best() -> None:
    assert split(Oneshot(), budget=88).describe() == "supernet 22 + 2 networks x 33 = 88 epochs"
    assert split(Oneshot(), budget=120).describe() == "supernet 30 + 2 networks x 45 = 120 epochs"
    assert split(APART, budget=88).describe() == "supernet 53 + 2 networks x 17 = 87 epochs"
    assert split(APART, budget=120).describe() == "supernet 72 + 3 networks x 16 = 120 epochs"


def test_of_few_epochs_two_networks_are_trained_to_the_end() -> None:
    assert split(Oneshot(), budget=40).describe() == "supernet 10 + 2 networks x 15 = 40 epochs"
    assert [split(Oneshot(), budget=budget).trials for budget in (126, 128)] == [2, 3]
    assert [split(APART, budget=budget).trials for budget in (118, 120)] == [2, 3]
    assert split(APART, 3, budget=40).describe() == "supernet 24 + 3 networks x 5 = 39 epochs"


def test_final_epochs_below_those_of_a_trial_are_refused() -> None:
    assert split(Oneshot(), epochs=7).trial == 7  # its trials have no others
    assert refuse(Frontier(), epochs=7) == (
        "final.epochs=7: a trial has 8 already (trainer.epochs); give at least as many, or leave it out"
    )
    split(Frontier(), epochs=8)


def test_a_final_share_of_less_than_an_epoch_is_refused() -> None:
    with pytest.raises(ConfigError) as caught:
        split_epochs(1, None, 8, Frontier(), Supernet(), Final(budget=0.25))
    assert caught.value.problems == (
        "final.budget=0.25: beside 8 epochs that is less than one for each of 3 networks; give a larger share, or "
        "final.epochs=N",
    )


@pytest.mark.parametrize(
    ("sampler", "supernet", "final", "told"),
    [
        (Frontier(), None, {"epochs": 20}, "final.epochs=20"),
        (Frontier(), None, {"budget": 0.5}, "final.budget=0.5"),
        (Oneshot(), 24, {"epochs": 20}, "final.epochs=20, supernet.epochs=24"),
        (PRIOR, 24, {}, "supernet.epochs=24"),
    ],
)
def test_a_budget_and_the_parts_of_it_are_refused(
    sampler: Sampler, supernet: int | None, final: dict[str, Any], told: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        split_epochs(None, 100, 8, sampler, Supernet(supernet), Final(**final))
    assert caught.value.problems == (
        f"budget and {told}: a budget is split by itself; leave it out and say every part, or leave these out",
    )


def test_what_nothing_would_come_of_is_refused() -> None:
    assert refuse(Frontier(), supernet=24) == (
        "supernet.epochs=24: this sampler rests on no supernet; take sampler=oneshot or sampler.prior=supernet, or "
        "leave it out"
    )
    assert refuse(Frontier(), start="supernet", epochs=20) == (
        "final.start=supernet: this sampler rests on no supernet; take final.start=auto, sampler=oneshot or "
        "sampler.prior=supernet"
    )
    assert refuse(Frontier(), start="trial", members=2) == (
        "final.members=2 and final.start=trial: no network is trained to the end; give final.epochs=N, "
        "final.budget=SHARE or budget=EPOCHS too, or leave it out"
    )
    for idle in ({"members": 2}, {"start": "nothing"}, {"start": "trial"}):
        assert refuse(Oneshot(), **idle) == (
            "final.members and final.start: with sampler=oneshot trials are final trainings on the supernet's weights; "
            "trials=N says how many, or take another sampler"
        )


@pytest.mark.parametrize(
    ("sampler", "trials", "budget", "told"),
    [
        (Oneshot(), None, 1, "supernet 0 + 2 networks x 0 = 0 epochs"),
        (Oneshot(), None, 2, "supernet 0 + 2 networks x 1 = 2 epochs"),
        (APART, 30, 40, "supernet 24 + 30 networks x 0 = 24 epochs"),
        (Frontier(), None, 10, "0 trials x 8 + 3 final trainings x 3 = 9 epochs"),
        (Frontier(), 4, 32, "4 trials x 8 + 3 final trainings x 0 = 32 epochs"),
        (Frontier(), 18, 100, "18 trials x 8 + 3 final trainings x 0 = 144 epochs"),
    ],
)
def test_a_budget_that_leaves_nothing_for_a_part_is_refused(
    sampler: Sampler, trials: int | None, budget: int, told: str
) -> None:
    assert refuse(sampler, trials, budget) == (
        f"budget={budget}: leaves too little for a part ({told}); give more epochs, or fewer trials"
        + ("" if sampler.delivers else "; a final training has at least the trainer.epochs of a trial")
    )


def test_the_reference_of_keys_says_what_holds_where_nothing_is_given() -> None:
    told = dict(
        line.split(":", 1) for line in list_comments(Path(epoch_split.__file__).parents[1] / "conf/config.yaml")
    )
    chain, apart = split(Oneshot(), recipe=800), split(APART, recipe=800)
    assert split(PRIOR, recipe=800).supernet == apart.supernet
    shares = f"{chain.supernet / 800:.1f} trainings', {apart.supernet / 800:.1f} where none follow one another"
    assert f"null: {shares}" in told["supernet.epochs"]
    shares = (
        f"{chain.trial / 800:.1f} trainings' with sampler=oneshot, {apart.trial / 800:.1f} with sampler.order=apart"
    )
    assert f"null: none, or {shares}" in told["final.epochs"]


def list_comments(file: Path) -> list[str]:
    """Comments of sections' keys, each as "section.key: comment"."""
    section, found = "", []
    for line in file.read_text().splitlines():
        key, comment = line.partition(":")[0], line.partition("# ")[2]
        if key.startswith("  "):
            found.append(f"{section}.{key.strip()}: {comment}")
        else:
            section = key
    return found


def test_a_budget_is_split_among_the_patterns_that_there_are() -> None:
    few = split_epochs(None, 80, 8, APART, Supernet(), Final(), lambda wanted: min(wanted, 2))
    assert few == EpochSplit(48, 2, 16, 0, 0, delivers=True)
    few = split_epochs(None, 80, 2, Frontier(), Supernet(), Final(), lambda wanted: min(wanted, 2))
    assert few == EpochSplit(0, 2, 2, 2, 38, delivers=False)
    assert split_epochs(9, None, 8, Frontier(), Supernet(), Final(), lambda wanted: 1).trials == 9  # as it was said
