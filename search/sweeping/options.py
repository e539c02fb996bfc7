"""What a sweep's command line says beside the arguments of searches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from spaces.errors import ConfigError

PLAN, BESIDE = "--plan", "--side-by-side"


@dataclass(frozen=True)
class Options:
    """Flags of `search.sweep`.

    Args:
        rest: arguments of the searches, their flags among them.
        plan: whether runs are told and not begun.
        side_by_side: runs at a time.
        asks_help: whether help is wanted.
        asks_config: whether configurations are to be printed.
    """

    rest: tuple[str, ...]
    plan: bool = False
    side_by_side: int = 1
    asks_help: bool = False
    asks_config: bool = False


def read_options(argv: Sequence[str]) -> Options:
    """The flags, and what is left.

    Raises:
        ConfigError: a number of runs that is none.
    """
    rest: list[str] = []
    plan, asks_help, asks_config, many = False, False, False, 1
    queue = list(argv)
    while queue:
        word = queue.pop(0)
        name, equals, text = word.partition("=")
        if word == PLAN:
            plan = True
        elif word in ("--help", "-h"):
            asks_help = True
        elif name == BESIDE:
            many = _read_number(text if equals else queue.pop(0) if queue else "")
        elif word == "--cfg":
            asks_config = True
        elif name in ("--config-dir", "--allow") and not equals and queue:
            rest.append(f"{word}={queue.pop(0)}")
        else:
            rest.append(word)
    return Options(tuple(rest), plan, many, asks_help, asks_config)


def _read_number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) >= 1):
        raise ConfigError(f"{BESIDE} {text or '(nothing)'}: want a whole number of at least 1, of searches at a time")
    return int(text)
