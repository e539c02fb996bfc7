"""What is told when a weighting cannot be."""

from __future__ import annotations

import pytest

from search.components.groups import Groups
from spaces.errors import ConfigError, UserError
from trainers.recipe import Recipe
from trainers.weighting.dwa import Dwa
from trainers.weighting.fixed import Fixed
from trainers.weighting.gradients import METHODS, Gradients
from trainers.weighting.uncertainty import Uncertainty


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (lambda: Fixed({"depth": 0}), "trainer.weighting.weights.depth=0: want a number > 0"),
        (lambda: Fixed(3), "trainer.weighting.weights=3: want weights by task, such as {depth: 2, normals: 1}"),
        (lambda: Fixed({"x": 1}).check(["a", "b"]), "trainer.weighting.weights.x: no such task; the tasks are a, b"),
        (lambda: Uncertainty(lr_ratio=0), "trainer.weighting.lr_ratio=0: want a number > 0"),
        (lambda: Dwa(temperature=-1), "trainer.weighting.temperature=-1: want a number > 0"),
        (lambda: Gradients("adam"), f"trainer.weighting.method=adam: want one of {', '.join(METHODS)}"),
        (
            lambda: Gradients("pcgrad", {"c": 1}),
            "trainer.weighting.options.c=1: pcgrad has no such option; it has none",
        ),
        (lambda: Gradients("cagrad", {"c": -1}), "trainer.weighting.options.c=-1: want a number >= 0"),
        (lambda: Gradients("gradvac", {"beta": 2}), "trainer.weighting.options.beta=2: want a number from 0 to 1"),
        (
            lambda: Gradients("mgda", {"max_iters": 1.5}),
            "trainer.weighting.options.max_iters=1.5: want a whole number >= 1",
        ),
        (lambda: Gradients("mgda", {"epsilon": 0}), "trainer.weighting.options.epsilon=0: want a number > 0"),
        (lambda: Recipe(weighting="dwa"), "trainer.weighting=dwa: want a component like Equal()"),
    ],
)
def test_what_is_wrong_is_said(make, problem: str) -> None:
    with pytest.raises(UserError) as caught:
        make()
    assert caught.value.problems == (problem,)


def test_what_to_install_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trainers.weighting.gradients.find_spec", lambda name: None)
    with pytest.raises(ConfigError) as caught:
        Gradients("cagrad").check(["a", "b"])
    assert caught.value.problems == (
        "trainer.weighting=cagrad: needs torchjd, cvxpy, clarabel, not installed here; pip install "
        "'automl-sharing-search[gradients]', or take trainer.weighting=equal, uncertainty or dwa",
    )


def test_every_method_can_be_named_on_the_command_line() -> None:
    assert set(Groups().choices("trainer/weighting")) == {"equal", "fixed", "uncertainty", "dwa", *METHODS}
