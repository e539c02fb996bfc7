"""Whether a composed search could begin, for programs and notebooks: the checks of every start, and nothing else."""

from __future__ import annotations

from search.config.settings import Settings
from search.config.validation import check_settings


def check(settings: Settings) -> None:
    """See that the parts of a search exist and fit together; nothing is written, trained or timed.

    Args:
        settings: of `search.config.compose`.

    Raises:
        UserError: what does not, and how to mend it.
    """
    check_settings(settings)
