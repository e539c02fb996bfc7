"""The control groups of this process: what batch systems and containers leave of a machine, from its own up."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

MOUNT = Path("/sys/fs/cgroup")
OWN = Path("/proc/self/cgroup")


def list_groups(kind: str, own: Path = OWN, mount: Path = MOUNT) -> Iterator[Path]:
    """Folders of the groups that bound a process, its own first and the outermost last; none on other systems.

    Args:
        kind: of what is bounded, "cpu" or "memory".
        own: file that names the control groups of this process.
        mount: folder of all control groups.
    """
    try:
        lines = own.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:  # other systems have none
        return
    for line in lines:
        _, kinds, place = (*line.split(":", 2), "", "")[:3]
        if kinds and kind not in kinds.split(","):
            continue
        # Of version 1 a folder for each kind, or for several; of version 2 one for all.
        for root in [mount / kinds, mount / kind] if kinds else [mount, mount / "unified"]:
            inner = root / place.lstrip("/")
            for group in (inner, *inner.parents):
                if group == mount.parent:
                    break
                yield group
