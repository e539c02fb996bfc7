"""Patterns of tasks of one letter, in few characters."""

from __future__ import annotations

from spaces.pattern.sharing_pattern import NoExchange, SharingPattern
from spaces.pattern.stage import Stage


def pattern_of(encoder: list[list[str]], decoder: list[list[str]]) -> SharingPattern:
    """Groups as strings of one-letter tasks."""
    return SharingPattern(
        encoder=tuple(Stage(tuple(map(tuple, groups))) for groups in encoder),
        exchange=(NoExchange(),) * len(encoder),
        decoder=tuple(Stage(tuple(map(tuple, groups))) for groups in decoder),
    )
