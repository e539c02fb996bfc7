"""Two states that are stored otherwise than as 0 and 1."""

from __future__ import annotations

import re

import numpy as np
import pytest

from spaces.errors import DataError
from trainers.tasks.states import find_seen, mend_nothing, mend_states, refuse_unless_binary

STATES = ("off", "on")


def test_states_are_0_and_1() -> None:
    array, invalid = np.array([0, 1, 7, 255]), np.array([False, False, True, False])
    for bound, more in ((True, "), or say threshold: T to read values above T as 1"), (False, ")")):
        message = f"value 255 where 0 (off) and 1 (on) are allowed (given: {array.dtype}, shape (4,), values 0..255); "
        mend = "add what marks missing labels to invalid (invalid: [7, 255]" + more
        with pytest.raises(DataError, match=f"^here: {re.escape(message + mend)}$"):
            refuse_unless_binary(array, "here", invalid, STATES, (7,), bound=bound)
        refuse_unless_binary(array[:3], "here", invalid[:3], STATES, (7,), bound=bound)


@pytest.mark.parametrize(
    ("values", "seen", "advice"),
    [
        ([0, 255], [], "say threshold: 127 to read 255 as 1 (on)"),
        ([255], [], "say threshold: 127 to read 255 as 1 (on)"),
        ([1, 2], [], "say threshold: 1 to read 2 as 1 (on)"),
        ([0, 0.5], [], "say threshold: 0 to read 0.5 as 1 (on)"),
        ([0.25, 0.5], [], "say threshold: 0.375 to read 0.5 as 1 (on)"),
        (
            [0, 128, 255],
            [],
            "say threshold: 191 to read 255 as 1 (on), and invalid: [-1, 128] if 128 marks missing labels",
        ),
        (
            [0, 128],
            [255],
            "say threshold: 64 to read 128 as 1 (on), or threshold: 191 and invalid: [-1, 128] if 255 means on and 128 "
            "marks missing labels",
        ),
        (
            [0, 1, 3, 200],
            [],
            "say threshold: 100, or another number, above which values are 1 (on); or add what marks missing labels to "
            "invalid (invalid: [-1, 200])",
        ),
    ],
)
def test_the_advice_is_a_line_to_paste(values: list[float], seen: list[float], advice: str) -> None:
    assert mend_states(values, seen, STATES, (-1, *seen)) == advice


def test_where_nothing_is_1_marks_that_are_there_are_named() -> None:
    assert mend_nothing([], STATES, (-1,)) == "check the array and the field 'threshold'"
    assert mend_nothing(find_seen(np.array([0, 255]), (-1, 255)), STATES, (-1, 255)) == (
        "255 is there and counts as missing; say invalid: [-1] and threshold: 127 if it means on"
    )
