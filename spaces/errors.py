"""The errors a user can cause, each one message: what was given, what is allowed, how to mend it."""

from __future__ import annotations

from collections.abc import Sequence


class UserError(ValueError):
    """A mistake that the user can mend; printed without a traceback.

    Args:
        problems: one message, or several that were found together.
    """

    def __init__(self, problems: str | Sequence[str]) -> None:
        self.problems = (problems,) if isinstance(problems, str) else tuple(problems)
        super().__init__("\n".join(self.problems))

    def __reduce__(self) -> tuple[type[UserError], tuple[tuple[str, ...]]]:
        """Survive the trip from a worker process with all problems."""
        return type(self), (self.problems,)


class ConfigError(UserError):
    """A configuration that cannot be composed or holds a value that is not allowed."""


class PatternError(UserError):
    """A sharing pattern, or a set of choices, that no network can realise."""


class DataError(UserError):
    """A data set that is missing, broken or does not fit its specification."""
