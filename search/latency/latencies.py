"""Latencies of patterns: measured ones, kept in the run folder and a cache, and what these foretell of others.

A value that is there is never measured again, so that a search that goes on compares what it compared before.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from search.components.components import describe_component
from search.latency.quiet_process import time_quietly
from spaces.common.atomic_files import read_json, write_json
from spaces.common.cores import name_cpu
from spaces.errors import ConfigError, DataError
from spaces.networks.family import Family
from spaces.networks.modules.output import Output
from spaces.pattern.sharing_pattern import SharingPattern


@dataclass(frozen=True)
class Networks:
    """What patterns are built into.

    Args:
        family: makes the blocks.
        outputs: what each task's head must give.
        size: (height, width) of the images in pixels.
        identify: names a pattern's network; equal networks are measured once.
        count: numbers of a network that its latency is foretold by, such as multiply-accumulates.
    """

    family: Family
    outputs: Mapping[str, Output]
    size: tuple[int, int]
    identify: Callable[[SharingPattern], str]
    count: Callable[[SharingPattern], Sequence[float]]


@dataclass(eq=False)
class Latencies:
    """Milliseconds of one image on one thread, by network.

    Args:
        networks: whose.
        kept: file of the run folder.
        cache: folder that searches share.

    Attributes:
        slowest: milliseconds of the slowest of those that it learned from.
    """

    networks: Networks
    kept: Path
    cache: Path
    slowest: float = field(default=0.0, init=False)
    _known: dict[str, float] = field(default_factory=dict, init=False)
    _elsewhere: list[str] = field(default_factory=list, init=False)  # how the machine of this run's values differs
    _weights: np.ndarray = field(default_factory=lambda: np.zeros(0), init=False)
    _spread: float = field(default=0.0, init=False)

    def __post_init__(self) -> None:
        if self.kept.exists():
            self._take(read_json(self.kept))

    def list_missing(self, patterns: Sequence[SharingPattern]) -> list[SharingPattern]:
        """Those whose networks neither this run nor the cache knows, each network once."""
        named = {self.networks.identify(pattern): pattern for pattern in patterns}
        for name in [name for name in named if name not in self._known and not self._elsewhere]:
            if (found := self._read_cached(name)) is not None:
                self._known[name] = found
        return [pattern for name, pattern in named.items() if name not in self._known]

    def measure(self, patterns: Sequence[SharingPattern]) -> None:
        """Measure those that are not known, in a process of its own.

        Raises:
            ConfigError: this run's values are of another processor or torch.
            DataError: a network cannot be measured.
        """
        known = len(self._known)
        missing = self.list_missing(patterns)
        if missing:
            self._refuse_elsewhere()
            timed = time_quietly(missing, self.networks.family, self.networks.outputs, self.networks.size)
            for pattern, took in zip(missing, timed, strict=True):
                name = self.networks.identify(pattern)
                self._known[name] = took
                write_json(self._cached(name), {"network": name, "latency_ms": took, **_tell_machine()})
        if len(self._known) > known:
            write_json(self.kept, {**_tell_machine(), "latency_ms": self._known})

    def learn(self, patterns: Sequence[SharingPattern]) -> None:
        """Take measured patterns as those that others are foretold from: least squares, our choice."""
        rows, took = self._rows(patterns), np.array([self._measured(pattern) for pattern in patterns])
        self._weights = np.linalg.lstsq(rows, took, rcond=None)[0]
        freedom = max(1, len(took) - len(self._weights))
        self._spread = float(np.sqrt(np.square(rows @ self._weights - took).sum() / freedom))
        self.slowest = float(took.max())

    def tell(self, pattern: SharingPattern) -> tuple[float, float]:
        """Milliseconds and the standard deviation of that: 0 where they were measured."""
        found = self._known.get(self.networks.identify(pattern))
        if found is not None:
            return found, 0.0
        return max(0.0, float((self._rows([pattern]) @ self._weights)[0])), self._spread

    def _measured(self, pattern: SharingPattern) -> float:
        return self._known[self.networks.identify(pattern)]

    def _rows(self, patterns: Sequence[SharingPattern]) -> np.ndarray:
        return np.array([[1.0, *self.networks.count(pattern)] for pattern in patterns])

    def _cached(self, name: str) -> Path:
        heads = {task: asdict(output) for task, output in sorted(self.networks.outputs.items())}
        named = [name, describe_component(self.networks.family), heads, self.networks.size, _tell_machine()]
        digest = hashlib.sha256(json.dumps(named, sort_keys=True, default=str).encode()).hexdigest()[:32]
        return self.cache / f"{digest}.json"

    def _read_cached(self, name: str) -> float | None:
        path = self._cached(name)
        try:
            return float(read_json(path)["latency_ms"]) if path.exists() else None
        except (DataError, KeyError, TypeError, ValueError):  # a damaged one is measured again
            return None

    def _take(self, kept: Any) -> None:
        """What the run's file holds."""
        try:
            self._known = {name: float(took) for name, took in kept["latency_ms"].items()}
            there = {key: kept[key] for key in _tell_machine()}
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise DataError(
                f"{self.kept}: no latencies by network ({error}); it was damaged from outside: restore it from a copy, "
                "or use another run.name"
            ) from error
        self._elsewhere = [f"{key}: {there[key]} -> {now}" for key, now in _tell_machine().items() if there[key] != now]

    def _refuse_elsewhere(self) -> None:
        if self._elsewhere:
            raise ConfigError(
                f"{self.kept}: latencies of this run were measured elsewhere (there -> now: "
                f"{', '.join(self._elsewhere)}), and more are wanted; go on there, or start another search with "
                "run.name=NAME"
            )


def _tell_machine() -> dict[str, str]:
    """What latencies are of, beside the network."""
    return {"cpu": name_cpu(), "torch": version("torch")}
