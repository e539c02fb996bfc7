"""From the command line to checked settings: arguments, composition, sections, validation, help."""

from __future__ import annotations

from typing import Any


def __getattr__(name: str) -> Any:
    """``from search.config import compose``, as programs of users have it, without an import for all others."""
    if name == "compose":
        from search.config.composition import compose  # a module of this package would import itself at the top

        return compose
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
