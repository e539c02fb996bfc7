from __future__ import annotations

import pytest
import torch

from spaces.errors import ConfigError
from tests.trainers.weighting.toy import CPU, TASKS, make_toy
from trainers.weighting.fixed import Fixed


def test_fixed_weights_replace_those_of_the_data_set() -> None:
    toy = make_toy()
    Fixed({"b": 0.5}).begin(TASKS, CPU).backward(toy.losses(), (), toy.parameters)
    expected = toy.gradient("a") + 0.5 * toy.gradient("b") + toy.gradient("c")
    torch.testing.assert_close(toy.shared.grad, expected)


def test_whole_numbers_are_numbers_and_none_is_changed() -> None:
    given = {"a": 2}
    weighting = Fixed(given)
    given["a"] = 7
    assert weighting.weights == {"a": 2.0}
    assert type(weighting.weights["a"]) is float
    assert hash(weighting) == hash(Fixed({"b": 1}))
    assert weighting != Fixed({"b": 1})


@pytest.mark.parametrize("value", [0, -1, True, "2", float("inf"), float("nan")])
def test_weights_are_positive_numbers(value: object) -> None:
    with pytest.raises(ConfigError) as caught:
        Fixed({"depth": value, "edges": 1})
    assert caught.value.problems == (f"trainer.weighting.weights.depth={value}: want a number > 0",)


def test_no_mapping_is_refused() -> None:
    with pytest.raises(ConfigError) as caught:
        Fixed(3)
    told = "trainer.weighting.weights=3: want weights by task, such as {depth: 2, normals: 1}"
    assert caught.value.problems == (told,)


def test_names_that_the_data_do_not_have_are_refused() -> None:
    weighting = Fixed({"x": 1, "a": 2, "y": 3})
    with pytest.raises(ConfigError) as caught:
        weighting.check_names(["a", "b", "c"])
    told = "trainer.weighting.weights.{}: no such task; the tasks are a, b, c"
    assert caught.value.problems == (told.format("x"), told.format("y"))
    weighting.check_names(["a", "x", "y"])


def test_weights_of_tasks_that_do_not_train_are_ignored() -> None:
    gradients = []
    for weights in ({"a": 2}, {"a": 2, "left_out": 5}):
        toy = make_toy()
        Fixed(weights).begin(TASKS, CPU).backward(toy.losses(), (), toy.parameters)
        gradients.append(toy.shared.grad)
    torch.testing.assert_close(gradients[0], gradients[1], rtol=0, atol=0)
