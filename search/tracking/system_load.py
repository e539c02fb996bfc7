"""How busy the driver's machine is, read by MLflow's own monitors, now and then; nothing where psutil is not installed.

MLflow's thread of these is not used: it writes from beside the tracker's, and warns of a store by itself.
"""

from __future__ import annotations

import math
from typing import Any

from search.tracking.mlflow_values import Point

PAUSE = 60_000  # milliseconds between two points, so that a day has 1,440: our choice
SYSTEM = "system/"  # what MLflow shows beside the curves, as system metrics


class SystemLoad:
    """Processor, memory and, where there are some, GPUs of the machine that the driver runs on; in the thread alone.

    Args:
        began: Unix time in milliseconds that steps, which are seconds, count from.
    """

    def __init__(self, began: int) -> None:
        self._began, self._next = began, 0
        self._monitors = _find_monitors()
        self._collect()  # the first load of a processor is of no time at all

    def measure(self, now: int) -> list[Point]:
        """The points of now, in Unix milliseconds; none where the last are younger than a minute."""
        if now < self._next:
            return []
        self._next = now + PAUSE
        step = max(0, now - self._began) // 1000
        return [Point(f"{SYSTEM}{name}", value, now, step) for name, value in self._collect().items()]

    def _collect(self) -> dict[str, float]:
        found: dict[str, float] = {}
        for monitor in self._monitors:
            monitor.collect_metrics()
            found |= {name: float(value) for name, value in monitor.aggregate_metrics().items()}
            monitor.clear_metrics()
        return {name: value for name, value in found.items() if math.isfinite(value)}


def _find_monitors() -> list[Any]:
    monitors: list[Any] = []
    try:
        # mlflow: in the tracker's thread alone
        from mlflow.system_metrics.metrics.cpu_monitor import CPUMonitor
        from mlflow.system_metrics.metrics.gpu_monitor import GPUMonitor

        monitors.append(CPUMonitor())
        monitors.append(GPUMonitor())
    except Exception:  # no psutil, no library of GPUs, no GPU: each says so by an error of its own
        return monitors
    return monitors
