"""How a command ends: a user's mistake in one message, an interruption without a traceback."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps

from spaces.errors import UserError

REFUSED, FAILED, INTERRUPTED = 2, 1, 130  # exit statuses


def ended(onward: str) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """A decorator of functions that are commands and return their exit status.

    Args:
        onward: what to do after an interruption, told in its message.
    """

    def around(command: Callable[..., int]) -> Callable[..., int]:
        @wraps(command)
        def run(*args: object, **options: object) -> int:
            try:
                return command(*args, **options)
            except UserError as error:
                print("\n".join(error.problems), file=sys.stderr)
                return REFUSED
            except KeyboardInterrupt:
                print(f"\nInterrupted. {onward}".rstrip(), file=sys.stderr)
                return INTERRUPTED

        return run

    return around
