from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import pytest

from spaces.errors import ConfigError
from spaces.fields import Fields

Check = Callable[[Fields], None]
HUGE = 10**320  # beyond what a float holds


@dataclass(frozen=True)
class One:
    """A configuration with one field."""

    value: Any
    group: ClassVar[str] = "trainer"


def checked(value: Any, check: Check) -> Any:
    owner = One(value)
    fields = Fields(owner)
    check(fields)
    fields.done()
    return owner.value


@pytest.mark.parametrize(
    ("given", "check", "kept"),
    [
        (8.0, lambda f: f.integer("value", 1), 8),
        (3, lambda f: f.number("value", 0), 3.0),
        (None, lambda f: f.integer("value", optional=True), None),
        (None, lambda f: f.number("value", optional=True), None),
        ("", lambda f: f.text("value", empty=True), ""),
        ("b", lambda f: f.one_of("value", ("a", "b")), "b"),
        (["a", "b"], lambda f: f.names("value", at_least=2), ("a", "b")),
        ([1, 2], lambda f: f.integers("value", low=1), (1, 2)),
        ([1, 0.5], lambda f: f.numbers("value", above=0), (1.0, 0.5)),
        ((2, 1), lambda f: f.distinct("value"), (2, 1)),
    ],
)
def test_right_values_are_kept_in_one_type(given: Any, check: Check, kept: Any) -> None:
    value = checked(given, check)
    assert value == kept
    assert type(value) is type(kept)


@pytest.mark.parametrize(
    ("given", "check", "message"),
    [
        ("abc", lambda f: f.integer("value", 1), "trainer.value=abc: want a whole number >= 1"),
        (True, lambda f: f.integer("value", 0, 9), "trainer.value=True: want a whole number from 0 to 9"),
        (2.5, lambda f: f.integer("value"), "trainer.value=2.5: want a whole number"),
        (
            0,
            lambda f: f.integer("value", 1, optional=True),
            "trainer.value=0: want a whole number >= 1 (or null)",
        ),
        (None, lambda f: f.integer("value", 1), "trainer.value=None: want a whole number >= 1"),
        (0, lambda f: f.number("value", above=0), "trainer.value=0: want a number > 0"),
        (float("nan"), lambda f: f.number("value"), "trainer.value=nan: want a finite number"),
        (HUGE, lambda f: f.number("value", above=0), f"trainer.value={HUGE}: want a finite number > 0"),
        (
            [1, -HUGE],
            lambda f: f.numbers("value"),
            f"trainer.value=[1, {-HUGE}]: want a list of at least 1 finite numbers",
        ),
        (-1, lambda f: f.integer("value", 0, 2**31 - 1), "trainer.value=-1: want a whole number from 0 to 2147483647"),
        (2, lambda f: f.number("value", 0, 1), "trainer.value=2: want a number from 0 to 1"),
        ("", lambda f: f.text("value"), "trainer.value=: want a text that is not empty"),
        ("c", lambda f: f.one_of("value", ("a", "b")), "trainer.value=c: want one of a, b"),
        (True, lambda f: f.one_of("value", (1, 2)), "trainer.value=True: want one of 1, 2"),
        (
            ["a", "a"],
            lambda f: f.names("value", at_least=2),
            "trainer.value=['a', 'a']: want a list of at least 2 distinct names",
        ),
        ("ab", lambda f: f.names("value"), "trainer.value=ab: want a list of at least 0 distinct names"),
        (
            [0],
            lambda f: f.integers("value", low=1),
            "trainer.value=[0]: want a list of at least 1 whole numbers >= 1",
        ),
        ((0.5, 0.25, 0.5), lambda f: f.distinct("value"), "trainer.value=[0.5, 0.25, 0.5]: want distinct options"),
        (
            [],
            lambda f: f.numbers("value", above=0),
            "trainer.value=[]: want a list of at least 1 numbers > 0",
        ),
    ],
)
def test_wrong_values_are_refused(given: Any, check: Check, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        checked(given, check)
    assert str(caught.value) == message


def test_all_problems_are_reported_at_once() -> None:
    def check(fields: Fields) -> None:
        fields.integer("value")
        fields.require(False, "two rules clash")

    with pytest.raises(ConfigError) as caught:
        checked("x", check)
    assert caught.value.problems == ("trainer.value=x: want a whole number", "two rules clash")
