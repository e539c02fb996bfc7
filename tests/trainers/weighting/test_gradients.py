from __future__ import annotations

import pytest

from search.components.groups import Groups
from spaces.errors import ConfigError, UserError
from tests.trainers.weighting.toy import CPU, TASKS, make_gradients
from trainers.weighting.gradients import METHODS, Gradients


@pytest.mark.parametrize(
    ("make", "problem"),
    [
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


def test_options_have_their_defaults_and_types() -> None:
    assert Gradients("mgda", {"epsilon": 1}).options == {"epsilon": 1.0, "max_iters": 100}
    assert type(Gradients("mgda", {"max_iters": 7.0}).options["max_iters"]) is int
    assert Gradients("pcgrad").options == {}


@pytest.mark.parametrize("method", METHODS)
def test_every_method_is_a_class_of_the_library_and_takes_its_options(method: str) -> None:
    aggregation = pytest.importorskip("torchjd.aggregation", reason="names its classes")
    assert hasattr(aggregation, METHODS[method].name)
    make_gradients(method).begin(TASKS, CPU)
