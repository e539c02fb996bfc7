"""What a search space is: one function that asks for each decision and returns a sharing pattern.

It asks ``choose(name, options)``. Which names are asked for may depend on earlier answers, but a name is asked for once
a pattern and always with the same options.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from spaces.errors import PatternError
from spaces.pattern.sharing_pattern import SharingPattern

Choose = Callable[[str, Sequence[Any]], Any]


class Space(Protocol):
    """A set of sharing patterns, defined by how one of them is drawn."""

    @property
    def name(self) -> str:
        """What users call the space."""

    def sample(self, choose: Choose, tasks: Sequence[str]) -> SharingPattern:
        """Build one pattern, one decision at a time.

        Args:
            choose: returns one of the options it is given under a name of letters, digits and ``_ . -``.
            tasks: distinct task names, in any order.
        """

    def anchors(self, tasks: Sequence[str]) -> dict[str, Proposal]:
        """Patterns worth knowing in any search, by name: the cheapest, the costliest and other landmarks."""


@dataclass(frozen=True)
class Proposal:
    """A sharing pattern and the choices that made it.

    Args:
        choices: answer by name, in the order asked: how we got there.
        pattern: what it is; different choices may make the same one.
    """

    choices: dict[str, Any]
    pattern: SharingPattern


def record(space: Space, tasks: Sequence[str], choose: Choose) -> Proposal:
    """The pattern that a way of choosing makes, with what it chose.

    Raises:
        PatternError: the space asks for a name twice.
    """
    choices: dict[str, Any] = {}

    def note(name: str, options: Sequence[Any]) -> Any:
        if name in choices:
            raise PatternError(f"space '{space.name}' asks for '{name}' twice: want a name a decision")
        choices[name] = choose(name, options)
        return choices[name]

    pattern = space.sample(note, tasks)
    return Proposal(choices, pattern)
