"""Every way of driving a search space: replay, draw, enumerate, count, cover, mutate and climb.

What ``choose`` does is all that differs here; a study passes its own. This is where users and their spaces import from;
what a space is stands in `spaces.space`, the walks through all of its patterns in `spaces.enumeration`.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from spaces.enumeration import count_patterns, cover, enumerate_patterns
from spaces.errors import PatternError
from spaces.pattern.sharing_pattern import SharingPattern
from spaces.space import Choose, Proposal, Space, record

__all__ = [
    "Choose",
    "Proposal",
    "Space",
    "climb",
    "count_patterns",
    "cover",
    "draw",
    "enumerate_patterns",
    "mutate",
    "record",
    "replay",
]


def replay(space: Space, tasks: Sequence[str], choices: Mapping[str, Any]) -> Proposal:
    """The pattern that recorded choices make.

    Raises:
        PatternError: a choice is missing, is not among its options, or is one the space never asks for.
    """

    def choose(name: str, options: Sequence[Any]) -> Any:
        if name not in choices:
            raise PatternError(f"choice '{name}' is missing: want one of {_join(options)}")
        if choices[name] not in options:
            raise PatternError(f"choice {name}={choices[name]} is unknown: want one of {_join(options)}")
        return options[options.index(choices[name])]  # 2.0 read from a file stands for the option 2

    proposal = record(space, tasks, choose)
    unasked = [name for name in choices if name not in proposal.choices]
    if unasked:
        raise PatternError(
            f"space '{space.name}' asks for no choice {_join(unasked)} here: "
            f"want exactly {_join(proposal.choices) or 'no choices'}"
        )
    return proposal


def draw(space: Space, tasks: Sequence[str], rng: random.Random) -> Proposal:
    """A pattern from independent, uniform decisions; patterns with many encodings come more often."""
    return record(space, tasks, lambda name, options: rng.choice(options))


def climb(space: Space, tasks: Sequence[str], start: Proposal, worth: Callable[[SharingPattern], float]) -> Proposal:
    """The pattern at which no other answer to a single decision is worth more, from a start on.

    Args:
        space: what is searched.
        tasks: distinct task names.
        start: where it begins.
        worth: of a pattern.
    """
    options_of: dict[str, Sequence[Any]] = {}

    def note(name: str, options: Sequence[Any]) -> Any:
        options_of[name] = options
        return best.choices[name]

    best, most = start, worth(start.pattern)
    while True:
        space.sample(note, tasks)
        before = most
        for name, options in list(options_of.items()):
            for option in options:
                choices = {**best.choices, name: option}
                other = record(space, tasks, _replay_or_first(choices))
                value = worth(other.pattern)
                if value > most:
                    best, most = other, value
        if most == before:
            return best


def mutate(space: Space, tasks: Sequence[str], start: Proposal, rng: random.Random) -> Proposal:
    """Another pattern close by: one decision is dropped and made anew, the others are replayed.

    Decisions are tried in random order until one of them changes the key; decisions that come up only then
    are drawn. Where no single decision changes the key, the pattern comes back as it was.
    """
    options_of: dict[str, Sequence[Any]] = {}

    def note(name: str, options: Sequence[Any]) -> Any:
        options_of[name] = options
        return start.choices[name]

    space.sample(note, tasks)
    for dropped in rng.sample(sorted(options_of), len(options_of)):
        others = [option for option in options_of[dropped] if option != start.choices[dropped]]
        for other in rng.sample(others, len(others)):
            proposal = record(space, tasks, _replay_or_draw({**start.choices, dropped: other}, rng))
            if proposal.pattern != start.pattern and proposal.pattern.key != start.pattern.key:
                return proposal
    return start


def _replay_or_draw(choices: Mapping[str, Any], rng: random.Random) -> Choose:
    def choose(name: str, options: Sequence[Any]) -> Any:
        return choices[name] if name in choices else rng.choice(options)

    return choose


def _replay_or_first(choices: Mapping[str, Any]) -> Choose:
    return lambda name, options: choices.get(name, options[0])


def _join(values: Sequence[Any] | Mapping[str, Any]) -> str:
    return ", ".join(map(str, values))
