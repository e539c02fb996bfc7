"""Columns that say which split an image is of are known by their names and by what stands in them."""

from __future__ import annotations

import pytest

from trainers.data.exports.headers import is_splitting, name_splits


@pytest.mark.parametrize(
    ("name", "cells", "found"),
    [
        ("split", ["0", "1", "2"], True),
        ("Is_Train", ["1", "0"], True),
        ("phase", ["training", "validation", "testing"], True),
        ("Data Type", ["Train", "", "VAL"], True),
        ("usage", ["Training", "PublicTest", "PrivateTest"], True),
        ("label", ["train", "train"], False),  # a class, for all that is known
        ("label", ["train", "bus", "test"], False),
        ("label", [], False),
    ],
)
def test_by_name_or_by_words_for_splits_alone(name: str, cells: list[str], found: bool) -> None:
    assert is_splitting(name, cells) == found


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["train2017", "val2017", "info"], {"train": "train2017", "val": "val2017"}),
        (["default"], {}),
        (["a", "b"], {}),
        (["test", "Training", "valid"], {"train": "Training", "val": "valid", "test": "test"}),
    ],
)
def test_splits_are_known_by_what_people_call_them(names: list[str], expected: dict[str, str]) -> None:
    assert name_splits(names) == expected
