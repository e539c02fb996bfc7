"""Latencies that are kept: in the run and in the cache, never measured twice, and what they foretell."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from search.latency import latencies
from search.latency.latencies import Latencies, Networks
from spaces.errors import ConfigError, DataError
from spaces.networks.modules.output import Output
from spaces.networks.small import Small
from spaces.pattern.sharing_pattern import SharingPattern, uniform

TASKS = ("a", "b")
TOGETHER, APART = (TASKS,), (("a",), ("b",))
PATTERNS = [uniform(TASKS, 2, [TOGETHER] * shared + [APART] * (3 - shared)) for shared in range(4)]
NETWORKS = Networks(
    Small((4, 8), 4),
    {task: Output(1, "depth") for task in TASKS},
    (8, 8),
    lambda pattern: pattern.key,
    lambda pattern: (float(sum(len(stage.groups) for stage in pattern.decoder)),),
)
asked: list[str] = []


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Milliseconds that are told by the number of groups, so that what is foretold of others is known."""
    asked.clear()

    def count_groups(patterns: list[SharingPattern], *_: Any) -> Iterator[float]:
        for pattern in patterns:
            asked.append(pattern.key)
            yield 1.0 + 0.5 * NETWORKS.count(pattern)[0]

    monkeypatch.setattr(latencies, "time_quietly", count_groups)


def test_what_was_measured_is_never_measured_again(tmp_path: Path) -> None:
    kept = tmp_path / "run" / "latencies.json"
    Latencies(NETWORKS, kept, tmp_path / "cache").measure([*PATTERNS[:2], PATTERNS[0]])
    assert asked == [pattern.key for pattern in PATTERNS[:2]]
    again = Latencies(NETWORKS, kept, tmp_path / "gone")
    other = Latencies(NETWORKS, tmp_path / "other" / "latencies.json", tmp_path / "cache")
    for each in (again, other):
        each.measure(PATTERNS[:2])
        assert each.tell(PATTERNS[0]) == (4.0, 0.0)
    assert len(asked) == 2
    assert json.loads(kept.read_text()) == json.loads(other.kept.read_text())
    other.measure(PATTERNS[:3])
    assert asked[2:] == [PATTERNS[2].key]


def test_others_are_foretold_from_those_that_were_measured(tmp_path: Path) -> None:
    known = Latencies(NETWORKS, tmp_path / "latencies.json", tmp_path / "cache")
    known.measure(PATTERNS[:3])
    known.learn(PATTERNS[:3])
    took, doubt = known.tell(PATTERNS[3])
    assert took == pytest.approx(2.5)
    assert doubt == pytest.approx(0.0, abs=1e-9)
    assert known.slowest == 4.0
    assert known.list_missing(PATTERNS) == [PATTERNS[3]]


def test_a_damaged_cache_is_measured_again_and_a_damaged_run_is_refused(tmp_path: Path) -> None:
    kept = tmp_path / "latencies.json"
    Latencies(NETWORKS, kept, tmp_path / "cache").measure(PATTERNS[:1])
    (cached,) = (tmp_path / "cache").iterdir()
    cached.write_text("{")
    assert Latencies(NETWORKS, tmp_path / "none.json", tmp_path / "cache").list_missing(PATTERNS[:1]) == PATTERNS[:1]
    kept.write_text('{"latency_ms": 3}')
    with pytest.raises(
        DataError, match=r"latencies.json: no latencies by network .* restore it from a copy, or use an"
    ):
        Latencies(NETWORKS, kept, tmp_path / "cache")


def test_a_run_of_another_machine_measures_nothing_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = tmp_path / "latencies.json"
    Latencies(NETWORKS, kept, tmp_path / "cache").measure(PATTERNS[:1])
    monkeypatch.setattr(latencies, "name_cpu", lambda: "another")
    moved = Latencies(NETWORKS, kept, tmp_path / "cache")
    moved.measure(PATTERNS[:1])
    with pytest.raises(
        ConfigError, match=r"measured elsewhere \(there -> now: cpu: .* -> another\), and more are wanted"
    ):
        moved.measure(PATTERNS)
    assert len(asked) == 1
