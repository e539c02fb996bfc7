from __future__ import annotations

import pickle

import pytest

from spaces.errors import ConfigError, DataError, PatternError, UserError

every_error = pytest.mark.parametrize("error", [ConfigError, PatternError, DataError])


@every_error
def test_several_problems_make_one_message(error: type[UserError]) -> None:
    caught = error(["first", "second"])
    assert str(caught) == "first\nsecond"
    assert caught.problems == ("first", "second")
    assert isinstance(caught, UserError)
    assert isinstance(caught, ValueError)


@every_error
def test_problems_survive_the_trip_between_processes(error: type[UserError]) -> None:
    again = pickle.loads(pickle.dumps(error(["first", "second"])))
    assert type(again) is error
    assert again.problems == ("first", "second")


def test_one_problem_is_one_text() -> None:
    assert PatternError("only").problems == ("only",)
