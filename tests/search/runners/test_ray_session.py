"""Beginnings and ends of a Ray that is started early; one that a search takes over: tests/end_to_end/test_ray.py."""

from __future__ import annotations

import os

import pytest
import ray

from search.runners import ray_session
from search.runners.ray_session import at_ray, started_early
from spaces.common.machine_faults import MachineError


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", os.environ.copy())


@pytest.fixture
def events(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is done to Ray, which is not started here."""
    found: list[str] = []
    monkeypatch.setattr(ray, "is_initialized", lambda: found.count("started") > found.count("ended"))
    monkeypatch.setattr(ray, "shutdown", lambda: found.append("ended"))
    monkeypatch.setattr(ray_session, "connect", lambda address: found.append("started"))
    return found


def test_an_early_ray_is_taken_over_and_ended_with_the_run(events: list[str]) -> None:
    with started_early():
        events.append("built")
        with at_ray(None):
            events.append("run")
        events.append("reported")
        with at_ray(None):
            events.append("confirmed")
    assert events == ["started", "built", "run", "ended", "reported", "started", "confirmed", "ended"]


def test_an_early_ray_that_nobody_takes_over_is_ended(events: list[str]) -> None:
    with pytest.raises(KeyboardInterrupt), started_early():
        raise KeyboardInterrupt
    assert events == ["started", "ended"]
    with at_ray(None):
        events.append("next")
    assert events[2:] == ["started", "next", "ended"]


def test_somebody_elses_ray_is_used_and_left(events: list[str]) -> None:
    events.append("started")
    with started_early(), at_ray(None):
        pass
    # `connect` itself starts none where there is one
    assert events.count("ended") == 0


def test_that_ray_does_not_start_is_told_by_the_run(events: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(address: str | None) -> None:
        raise MachineError("no room")

    monkeypatch.setattr(ray_session, "connect", refuse)
    with started_early():
        events.append("built")
        with pytest.raises(MachineError, match="no room"), at_ray(None):
            events.append("run")
    assert events == ["built"]
