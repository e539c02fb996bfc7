"""The processor's model, and the cores that this process may use.

Those it is bound to, and no more than its control groups give it: what batch systems and containers leave of a machine.
Ray alone counts all of it.
"""

from __future__ import annotations

import math
import platform
from collections.abc import Iterator
from pathlib import Path

MODELS = Path("/proc/cpuinfo")
MOUNT = Path("/sys/fs/cgroup")
OWN = Path("/proc/self/cgroup")


def count_cores(own: Path = OWN, mount: Path = MOUNT) -> int:
    """How many there are, at least one.

    Args:
        own: file that names the control groups of this process.
        mount: folder of all control groups.
    """
    from joblib import cpu_count  # type: ignore[import-untyped]  # 0.1 s; ships no types

    # joblib heeds affinity, LOKY_MAX_CPU_COUNT and the outermost control group, which in a container is the own one.
    quotas = [math.ceil(quota) for quota in _list_quotas(own, mount)]
    return max(1, min([cpu_count(), *quotas]))


def name_cpu(models: Path = MODELS) -> str:
    """The processor's model, as the system calls it."""
    try:
        lines = models.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:  # other systems have none
        lines = []
    found = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(found, "") or platform.processor() or platform.machine()


def _list_quotas(own: Path, mount: Path) -> Iterator[float]:
    """Cores that the control groups of a process grant, from its own up to the outermost."""
    try:
        lines = own.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:  # other systems have none
        return
    for line in lines:
        _, kinds, place = (*line.split(":", 2), "", "")[:3]
        if kinds and "cpu" not in kinds.split(","):
            continue
        # Of version 1 a folder for each kind, or for several; of version 2 one for all.
        for root in [mount / kinds, mount / "cpu"] if kinds else [mount, mount / "unified"]:
            inner = root / place.lstrip("/")
            for group in (inner, *inner.parents):
                if group == mount.parent:
                    break
                yield from _read_quota(group)


def _read_quota(group: Path) -> Iterator[float]:
    """What one control group grants, if it says."""
    try:
        if (group / "cpu.max").exists():
            quota, period = (group / "cpu.max").read_text().split()[:2]
        else:
            quota, period = ((group / f"cpu.cfs_{name}_us").read_text() for name in ("quota", "period"))
        if quota != "max" and float(quota) > 0 and float(period) > 0:
            yield float(quota) / float(period)
    except (OSError, ValueError):
        return
