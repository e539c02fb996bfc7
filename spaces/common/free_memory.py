"""Memory that this process may still take: of the machine, and of its control groups."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from spaces.common.control_groups import MOUNT, OWN, list_groups

MACHINE = Path("/proc/meminfo")
NAMES = (("memory.max", "memory.current"), ("memory.limit_in_bytes", "memory.usage_in_bytes"))  # of versions 2 and 1


def measure_free_memory(machine: Path = MACHINE, own: Path = OWN, mount: Path = MOUNT) -> int | None:
    """Bytes; None where the system does not say.

    Args:
        machine: file that tells the memory of the machine.
        own: file that names the control groups of this process.
        mount: folder of all control groups.
    """
    known = [*_read_machine(machine), *(left for group in list_groups("memory", own, mount) for left in _read(group))]
    return max(0, min(known)) if known else None


def _read_machine(path: Path) -> Iterator[int]:
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
        yield from (1024 * int(line.split()[1]) for line in lines if line.startswith("MemAvailable:"))
    except (OSError, ValueError, IndexError):  # other systems have none
        return


def _read(group: Path) -> Iterator[int]:
    """What one control group leaves, if it bounds anything."""
    for most, used in NAMES:
        try:
            yield int((group / most).read_text()) - int((group / used).read_text())
        except (OSError, ValueError):  # "max", or of the other version
            continue
