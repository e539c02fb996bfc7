"""The packages that belong together are those that lie beside each other, whatever else has their names."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path


def come_first() -> None:
    """See that the packages beside this one are imported, and not others of their names, such as a lab's own.

    Raises:
        ImportError: another one is loaded already.
    """
    root = Path(__file__).resolve().parent.parent.parent
    for name, found in [(name, find_spec(name)) for name in ("spaces", "trainers")]:
        places = [Path(place).resolve() for place in (found and found.submodule_search_locations) or ()]
        if root / name in places or not places:
            continue
        if name in sys.modules:
            raise ImportError(
                f"this process has loaded another package named {name}, from {places[0]}; that of the search lies in "
                f"{root / name}: import search first, or rename yours"
            )
        if sys.path[0] != str(root):
            sys.path.insert(0, str(root))  # of processes that are started from here, too
        print(
            f"another package named {name} lies in {places[0]}; that of the search, {root / name}, is used",
            file=sys.stderr,
        )
