"""Names that stand in files for classes and functions, and stay while their modules move."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class LastingNames:
    """A table of names.

    Args:
        paths: dotted paths by name, from the first that a class or function ever had to today's.
    """

    paths: Mapping[str, tuple[str, ...]]

    @cached_property
    def _names(self) -> dict[str, str]:
        return {path: name for name, paths in self.paths.items() for path in paths}

    def name(self, path: str) -> str:
        """The name of what lies at a dotted path of any version; a path that is not in the table is its own name."""
        return self._names.get(path, path)

    def locate(self, named: str) -> str:
        """Today's dotted path for a name or a path of any version; what is not in the table stays as it is."""
        return self.paths.get(self.name(named), (named,))[-1]

    def mark(self, named: str) -> str:
        """The first path for a name or a path of any version: fingerprints hold it, so they stay as well."""
        return self.paths.get(self.name(named), (named,))[0]
