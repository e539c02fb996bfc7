from __future__ import annotations

from itertools import permutations, product
from typing import Any

import numpy as np
import pytest

from trainers.tasks.axes import WORDS, are_axes, turn_axes

ALL = [
    tuple(pair[way] for pair, way in zip(order, ways, strict=True))
    for order in permutations(WORDS)
    for ways in product((0, 1), repeat=3)
]


def test_every_frame_is_turned_as_its_words_say() -> None:
    world = {"right": [1, 0, 0], "left": [-1, 0, 0], "down": [0, 1, 0], "up": [0, -1, 0]}
    world |= {"forward": [0, 0, 1], "back": [0, 0, -1]}
    stored = np.array([[0.36, 0.48, -0.8]])
    assert len(set(ALL)) == 48
    for axes in ALL:
        assert are_axes(axes)
        want = sum(value * np.array(world[word]) for value, word in zip(stored[0], axes, strict=True))
        assert np.allclose(turn_axes(stored, axes), want)


@pytest.mark.parametrize(
    "given", [None, "right", ("right", "down"), ("right", "right", "down"), (1, 2, 3), [["up"]] * 3]
)
def test_other_things_are_no_axes(given: Any) -> None:
    assert not are_axes(given)
