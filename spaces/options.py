"""What all spaces do alike with their options: checks of a space's fields, and the choices that make its anchors."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from spaces.choices import Choose, Proposal, Space, record
from spaces.errors import PatternError
from spaces.fields import Fields
from spaces.pattern.exchange import Exchange
from spaces.pattern.mixing import Mixing

S = TypeVar("S")
Makes = Mapping[str, Callable[[S, Any], Mixing | Exchange]]
"""By field of a space, what makes something of a single option in it."""


def check_stages(fields: Fields) -> None:
    """Numbers of stages, which every space has; problems are told when the fields are ``done``."""
    fields.integer("encoder_stages", low=1)
    fields.integer("decoder_stages", low=1)


def check_options(fields: Fields, space: S, makes: Makes[S]) -> None:
    """Make something of every single option, so that one no network can have is refused before anything is drawn.

    Args:
        fields: collects the problems.
        space: whose fields are lists of options.
        makes: how, by field.
    """
    for name, make in makes.items():
        options = getattr(space, name)
        for option in options:
            try:
                make(space, option)
            except PatternError as error:
                for problem in error.problems:
                    fields.require(False, f"space.{name}={list(options)}: {problem}")


def record_anchors(space: Space, tasks: Sequence[str], ends: Mapping[str, Choose]) -> dict[str, Proposal]:
    """The patterns at the ends of a space, by name, from the ways of choosing that lead there."""
    return {name: record(space, tasks, choose) for name, choose in ends.items()}


def choose_first(name: str, options: Sequence[Any]) -> Any:
    """The first option; in a tree of tasks, to share nothing."""
    return options[0]


def choose_deepest(name: str, options: Sequence[Any]) -> Any:
    """In a tree of tasks, to share with the first parent to the last stage; elsewhere the first option."""
    return max(options) if name.startswith("depth.") else options[0]


def choose_last_but(fixed: Mapping[str, Any]) -> Choose:
    """The last option of every decision, the dearer one as a rule, but for the fixed ones.

    Args:
        fixed: answers by name, or by what stands before the name's first dot: for every stage, scale or task.
    """
    return lambda name, options: fixed.get(name.partition(".")[0], options[-1])
