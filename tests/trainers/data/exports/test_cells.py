from __future__ import annotations

import pytest

from spaces.errors import DataError
from trainers.data.exports.cells import is_missing, is_signed, is_yes_or_no, read_class, read_yes_or_no


def test_minus_one_is_no_only_where_nothing_else_is() -> None:
    assert is_signed([["1", "-1"], ["-1.0", ""], ["3", "0"]])  # the last says no yes or no
    assert not is_signed([["1", "-1"], ["0", "1"]])
    assert not is_signed([["1", ""]])
    assert not is_yes_or_no(["-1", ""])


def test_cells_say_yes_no_nothing_or_are_refused() -> None:
    assert [read_yes_or_no(cell, False, "t") for cell in ("1,0", "TRUE", "0.0", "N", "-1", "?")] == [1, 1, 0, 0, -1, -1]
    assert read_yes_or_no("-1", True, "t") == 0
    with pytest.raises(DataError, match="t is '2'; want 1 or 0"):
        read_yes_or_no("2", False, "t")


def test_classes_are_found_by_name_and_numbers_by_value() -> None:
    assert [read_class(cell, ("none", "2"), (), "t") for cell in ("none", "2.0", "02", "None", "")] == [0, 1, 1, -1, -1]
    assert is_missing("None")
    assert not is_missing("nobody")
    with pytest.raises(DataError, match=r"t: '3' is no class \(none, 2\); add it to classes"):
        read_class("3", ("none", "2"), (), "t")
    with pytest.raises(DataError, match=r"t: '1.5' is no id of a class; name the classes: \[1.5, a\]"):
        read_class("1.5", (), ("a", "1.5", ""), "t")
