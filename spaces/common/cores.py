"""The processor's model, and the cores that this process may use.

Those it is bound to, and no more than its control groups give it: what batch systems and containers leave of a machine.
Ray alone counts all of it.
"""

from __future__ import annotations

import math
import platform
from collections.abc import Iterator
from pathlib import Path

from spaces.common.control_groups import MOUNT, OWN, list_groups

MODELS = Path("/proc/cpuinfo")


def count_cores(own: Path = OWN, mount: Path = MOUNT) -> int:
    """How many there are, at least one.

    Args:
        own: file that names the control groups of this process.
        mount: folder of all control groups.
    """
    from joblib import cpu_count  # type: ignore[import-untyped]  # 0.1 s; ships no types

    # joblib heeds affinity, LOKY_MAX_CPU_COUNT and the outermost control group, which in a container is the own one.
    quotas = [math.ceil(quota) for group in list_groups("cpu", own, mount) for quota in _read_quota(group)]
    return max(1, min([cpu_count(), *quotas]))


def name_cpu(models: Path = MODELS) -> str:
    """The processor's model, as the system calls it."""
    try:
        lines = models.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:  # other systems have none
        lines = []
    found = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(found, "") or platform.processor() or platform.machine()


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
