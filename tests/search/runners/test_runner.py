from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from search.runners.inline import Inline
from search.runners.ray_tune import RayTune
from search.runners.runner import SlowRunner, ready


class Slow(Inline):
    """Writes down when it was ready."""

    heard: list[str]

    @contextmanager
    def ready(self) -> Iterator[None]:
        self.heard.append("up")
        yield
        self.heard.append("down")


def test_a_slow_runner_is_ready_in_the_block_and_others_always_are() -> None:
    with ready(Inline()):
        pass
    slow = Slow()
    object.__setattr__(slow, "heard", [])
    with ready(slow):
        slow.heard.append("in it")
    assert slow.heard == ["up", "in it", "down"]


def test_ray_is_slow_and_a_cluster_is_left_to_its_search() -> None:
    runner = RayTune(address="127.0.0.1:1")
    assert isinstance(runner, SlowRunner)
    with ready(runner):  # answers, or is refused, when the search runs
        pass
