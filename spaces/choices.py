"""Every way of driving a search space: replay, draw, enumerate, count and mutate.

A space is one function that asks ``choose(name, options)`` for each decision and returns a sharing pattern.
What ``choose`` does is all that differs here; a study passes its own. Which names are asked for may depend on
earlier answers, but a name is asked for once a pattern and always with the same options.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement, islice
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


def replay(space: Space, tasks: Sequence[str], choices: Mapping[str, Any]) -> Proposal:
    """The pattern that recorded choices make.

    Raises:
        PatternError: a choice is missing, is not among its options, or is one the space never asks for.
    """

    def choose(name: str, options: Sequence[Any]) -> Any:
        if name not in choices:
            raise PatternError(f"choice '{name}' is missing: want one of {_listed(options)}")
        if choices[name] not in options:
            raise PatternError(f"choice {name}={choices[name]} is unknown: want one of {_listed(options)}")
        return options[options.index(choices[name])]  # 2.0 read from a file stands for the option 2

    proposal = record(space, tasks, choose)
    unasked = [name for name in choices if name not in proposal.choices]
    if unasked:
        raise PatternError(
            f"space '{space.name}' asks for no choice {_listed(unasked)} here: "
            f"want exactly {_listed(proposal.choices) or 'no choices'}"
        )
    return proposal


def record(space: Space, tasks: Sequence[str], choose: Choose) -> Proposal:
    """The pattern that a way of choosing makes, with what it chose.

    Raises:
        PatternError: the space asks for a name twice.
    """
    choices: dict[str, Any] = {}

    def recorded(name: str, options: Sequence[Any]) -> Any:
        if name in choices:
            raise PatternError(f"space '{space.name}' asks for '{name}' twice: want a name a decision")
        choices[name] = choose(name, options)
        return choices[name]

    pattern = space.sample(recorded, tasks)
    return Proposal(choices, pattern)


def draw(space: Space, tasks: Sequence[str], rng: random.Random) -> Proposal:
    """A pattern from independent, uniform decisions; patterns with many encodings come more often."""
    return record(space, tasks, lambda name, options: rng.choice(options))


def enumerate_patterns(space: Space, tasks: Sequence[str]) -> Iterator[Proposal]:
    """Every pattern with a key of its own, once, in a fixed order.

    Walks the tree of decisions depth first. Of the choices that make one network, the first met stand for it.
    """
    patterns: set[SharingPattern] = set()
    keys: set[str] = set()
    for proposal in _all_choices(space, tasks):
        # Hashing a pattern is far cheaper than its key, and most choices repeat a pattern.
        if proposal.pattern in patterns:
            continue
        patterns.add(proposal.pattern)
        if proposal.pattern.key not in keys:
            keys.add(proposal.pattern.key)
            yield proposal


def count_patterns(space: Space, tasks: Sequence[str], at_most: int | None = None) -> int:
    """Number of patterns with a key of their own.

    Args:
        space: what is counted.
        tasks: distinct task names.
        at_most: stop counting there, for spaces too large to walk through.
    """
    return sum(1 for _ in islice(enumerate_patterns(space, tasks), at_most))


def cover(space: Space, tasks: Sequence[str], rng: random.Random) -> Iterator[Proposal]:
    """Random patterns in which every pair of options of two decisions that were met occurs, where it can.

    What breaks a pattern, such as a ratio too small for a narrow stage, is mostly one option at one place.

    Args:
        space: what is covered.
        tasks: distinct task names.
        rng: draws what is not forced.
    """
    wanted: dict[tuple[str, int], dict[str, int]] = {}  # by option, the answers that first led to its decision
    shown: set[frozenset[tuple[str, int]]] = set()

    def drawn(forced: Mapping[str, int]) -> Proposal:
        answers: dict[str, int] = {}

        def choose(name: str, options: Sequence[Any]) -> Any:
            for index in range(len(options)):
                wanted.setdefault((name, index), dict(answers))
            answers[name] = forced[name] if name in forced else rng.randrange(len(options))
            return options[answers[name]]

        proposal = record(space, tasks, choose)
        shown.update(map(frozenset, combinations_with_replacement(answers.items(), 2)))
        return proposal

    yield drawn({})
    tried: set[frozenset[tuple[str, int]]] = set()
    while True:
        pairs = map(frozenset, combinations_with_replacement(list(wanted), 2))
        missing = [pair for pair in pairs if pair not in shown and pair not in tried and len(dict(pair)) == len(pair)]
        if not missing:
            return
        for pair in missing:
            if pair not in shown:
                yield drawn(dict(pair))
            if pair not in shown:  # other answers led past a decision
                led = {name: index for option in pair for name, index in wanted[option].items()}
                yield drawn({**led, **dict(pair)})
            tried.add(pair)


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


def _all_choices(space: Space, tasks: Sequence[str]) -> Iterator[Proposal]:
    """Every path through the tree of decisions, depth first, the last decision varying fastest."""
    path: list[tuple[int, int]] = []  # (option taken, number of options) per decision

    while True:
        steps = iter(tuple(path))

        def choose(name: str, options: Sequence[Any], steps: Iterator[tuple[int, int]] = steps) -> Any:
            taken = next(steps, None)
            if taken is None:
                taken = (0, len(options))
                path.append(taken)
            return options[taken[0]]

        yield record(space, tasks, choose)
        while path and path[-1][0] + 1 == path[-1][1]:
            path.pop()
        if not path:
            return
        option, options_count = path.pop()
        path.append((option + 1, options_count))


def _replay_or_first(choices: Mapping[str, Any]) -> Choose:
    return lambda name, options: choices.get(name, options[0])


def _listed(values: Sequence[Any] | Mapping[str, Any]) -> str:
    return ", ".join(map(str, values))
