"""Wait until all nodes of a Ray cluster are there, for a search counts the places for trainings when it starts.

python -m search.runners.wait_for_nodes ADDRESS NODES [SECONDS]
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence

from search.runners.ray_connection import connect
from spaces.errors import UserError

USUAL = 180.0  # seconds: our choice, for a shared file system may be slow to give the packages
PAUSE = 0.5  # seconds between two looks: our choice
USAGE = "python -m search.runners.wait_for_nodes ADDRESS NODES [SECONDS], such as 10.0.0.1:6379 4"


def main(argv: Sequence[str]) -> int:
    """Wait from the command line; exit status 1 where some have not come in time."""
    try:
        address, nodes, seconds = argv[0], int(argv[1]), float(argv[2]) if len(argv) > 2 else USUAL
    except (IndexError, ValueError):
        print(f"want {USAGE}", file=sys.stderr)
        return 2
    end, there, why = time.monotonic() + seconds, 0, ""
    while time.monotonic() < end:
        try:
            there, why = _count_nodes(address), ""
        except UserError as error:
            why = f": {error}"
        if there >= nodes:
            return 0
        time.sleep(PAUSE)
    print(
        f"{there} of {nodes} nodes are there after {seconds:g} s{why}; see what 'ray start' said on the others",
        file=sys.stderr,
    )
    return 1


def _count_nodes(address: str) -> int:
    """Nodes of the cluster that are up.

    Raises:
        ConfigError: it does not answer.
    """
    import ray  # ray: 0.5 s, wrong arguments are refused without

    connect(address)
    return sum(bool(node["Alive"]) for node in ray.nodes())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
