from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
import torch

from spaces.errors import ConfigError
from spaces.pattern.exchange import NoExchange, Workspace
from spaces.pattern.mixing import Gated
from spaces.pattern.sharing_pattern import SharingPattern, hard_sharing
from spaces.pattern.stage import Stage
from trainers.augment import Flip, Zoom
from trainers.recipe import Recipe, list_idle_fields, stretch_recipe
from trainers.tasks.depth import Depth
from trainers.weighting.uncertainty import Uncertainty

CPU = torch.device("cpu")


@pytest.mark.parametrize("steps", range(1, 12))
@pytest.mark.parametrize("warmup", [0.0, 0.1, 0.2, 0.25, 0.5, 0.9])
def test_every_number_of_steps_has_a_schedule_that_ends_low(steps: int, warmup: float) -> None:
    network = torch.nn.Linear(1, 1)
    optimiser, schedule = Recipe(warmup=warmup).optimiser(network, steps)
    rates = []
    for _ in range(steps):
        rates.append(optimiser.param_groups[0]["lr"])
        optimiser.step()
        schedule.step()
    assert all(0 < rate <= 0.004 + 1e-9 for rate in rates)
    assert steps < 4 or rates[-1] < 0.25 * max(rates)


def test_all_that_is_wrong_with_a_recipe_is_said_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        Recipe(epochs=0, batch_size=1, lr=-1, weight_decay="x", warmup=2, augment="flip")
    assert caught.value.problems == (
        "trainer.epochs=0: want a whole number >= 1",
        "trainer.batch_size=1: want a whole number >= 2",
        "trainer.lr=-1: want a number > 0",
        "trainer.weight_decay=x: want a number >= 0",
        "trainer.warmup=2: want a number from 0 to 0.9",
        "trainer.augment=flip: want a list of components, or [] for no augmentation",
    )


def test_components_of_another_kind_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"trainer\.gates=on: want a component like Gating"):
        Recipe(gates="on")
    with pytest.raises(ConfigError, match=r"trainer\.weighting=dwa: want a component like Equal\(\)"):
        Recipe(weighting="dwa")


def test_a_recipe_is_a_value_whatever_its_lists_are() -> None:
    first, second = Recipe(augment=[Flip(), Zoom()]), Recipe(augment=(Flip(), Zoom()))
    assert first == second
    assert hash(first) == hash(second)
    assert first != Recipe(augment=(Zoom(), Flip()))


def test_all_parameters_learn_at_the_peak_and_decay() -> None:
    network = torch.nn.Linear(2, 3)
    optimiser, schedule = Recipe(lr=0.1, weight_decay=0.5, warmup=0.5).optimiser(network, 10)
    (group,) = optimiser.param_groups
    assert {id(each) for each in group["params"]} == {id(each) for each in network.parameters()}
    assert group["weight_decay"] == 0.5
    rates = []
    for _ in range(10):
        rates.append(group["lr"])
        optimiser.step()
        schedule.step()
    assert max(rates) == pytest.approx(0.1)
    assert rates.index(max(rates)) == 4  # where the rise ends


def test_what_a_weighting_learns_has_its_own_rate_and_no_decay() -> None:
    balance = Uncertainty(lr_ratio=7.0).begin((Depth("a"), Depth("b")), CPU)
    optimiser, _ = Recipe(lr=0.01).optimiser(torch.nn.Linear(1, 1), 10, balance)
    network, learned = optimiser.param_groups
    assert learned["params"] == [*balance.learned]
    assert learned["weight_decay"] == 0
    assert learned["lr"] == pytest.approx(7 * network["lr"])


def _pattern(tasks: tuple[str, ...], *, gated: bool = False, framed: bool = False) -> SharingPattern:
    stage = Stage((tasks,))
    first = Stage((tasks,), Gated(dict.fromkeys(tasks, 0.5))) if gated else stage
    exchange = Workspace(slots=4, width=8, etf=8) if framed else NoExchange()
    return SharingPattern((first, stage), (NoExchange(), exchange), (stage, stage))


def test_fields_that_cannot_act_are_idle() -> None:
    assert list_idle_fields(hard_sharing(("a", "b"), 2, 2)) == ("gates", "dot_regression")
    assert list_idle_fields(hard_sharing(("a",), 2, 2)) == ("gates", "dot_regression", "weighting")
    assert list_idle_fields(_pattern(("a", "b"), gated=True)) == ("dot_regression",)
    assert list_idle_fields(_pattern(("a", "b"), framed=True)) == ("gates",)


@pytest.mark.parametrize("lr", [0.01, 1])
def test_a_stretched_recipe_differs_in_epochs_and_its_share_of_the_learning_rate_alone(lr: float) -> None:
    recipe = Recipe(epochs=4, lr=lr, warmup=0.3, weighting=Uncertainty())
    assert stretch_recipe(recipe, 16, 0.75) == replace(recipe, epochs=16, lr=0.75 * lr)
    assert stretch_recipe(recipe, 16) == replace(recipe, epochs=16)
    assert recipe.epochs == 4


def test_the_schedule_is_stretched_with_the_epochs() -> None:
    def peak(recipe: Recipe) -> float:
        steps = 10 * recipe.epochs
        optimiser, schedule = recipe.optimiser(torch.nn.Linear(1, 1), steps)
        rates = []
        for _ in range(steps):
            rates.append(optimiser.param_groups[0]["lr"])
            optimiser.step()
            schedule.step()
        return rates.index(max(rates)) / steps

    short = Recipe(epochs=4, warmup=0.5)
    assert peak(stretch_recipe(short, 12)) == pytest.approx(peak(short), abs=0.05)


@dataclass(frozen=True)
class Unrated(Recipe):
    """A recipe of a user's own without a learning rate to share."""

    lr: None = None  # type: ignore[assignment]

    def __post_init__(self) -> None:
        """Nothing to check."""


def test_a_recipe_without_a_learning_rate_gets_other_epochs_alone() -> None:
    assert stretch_recipe(Unrated(epochs=2), 6, 0.5) == Unrated(epochs=6)
