"""Which way the axes of stored vectors point, in the camera's frame: x right, y down, z forward."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeGuard

import numpy as np

WORDS = (("right", "left"), ("down", "up"), ("forward", "back"))
"""Of each axis of the frame, the way that it points and the other one."""
_TURNS = {word: (axis, sign) for axis, pair in enumerate(WORDS) for word, sign in zip(pair, (1, -1), strict=True)}
Axes = tuple[str, str, str]
"""Where the first, second and third component of a vector point where they are positive."""


def are_axes(given: Any) -> TypeGuard[Sequence[str]]:
    """Whether these are three words, one an axis."""
    if isinstance(given, str) or not isinstance(given, Sequence) or not all(each in list(_TURNS) for each in given):
        return False
    return sorted(_TURNS[each][0] for each in given) == [0, 1, 2]


def turn_axes(vectors: np.ndarray, axes: Sequence[str]) -> np.ndarray:
    """Vectors ``(N, 3, ...)`` of these axes, right, down and forward."""
    turned = np.empty_like(vectors)
    for component, word in enumerate(axes):
        axis, sign = _TURNS[word]
        np.multiply(vectors[:, component], sign, out=turned[:, axis])
    return turned


def join_axes(said: Sequence[str], further: Sequence[str]) -> Axes:
    """Where components point that were turned by the axes that are said, and then seen to point as further ones say.

    >>> join_axes(("right", "up", "back"), ("right", "up", "forward"))
    ('right', 'down', 'back')
    """
    first, second, third = (_turn_word(further[_TURNS[word][0]], _TURNS[word][1]) for word in said)
    return first, second, third


def spell_signs(signs: Sequence[int]) -> Axes:
    """Words for components that are right, down and forward by these signs.

    >>> spell_signs((1, -1, 1))
    ('right', 'up', 'forward')
    """
    right, down, forward = (_turn_word(pair[0], sign) for pair, sign in zip(WORDS, signs, strict=True))
    return right, down, forward


def _turn_word(word: str, sign: int) -> str:
    axis, way = _TURNS[word]
    return WORDS[axis][way * sign < 0]
