from __future__ import annotations

import time

import pytest

from spaces.common.time_share import TimeShare


def test_work_may_take_what_is_free_and_then_its_share(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    taken = TimeShare(free=5.0, share=0.1)

    def work(seconds: float) -> None:
        nonlocal now
        with taken.spend():
            now += seconds

    work(5.0)
    assert taken.left
    work(5.0)
    assert not taken.left  # 10 of 5 + 1 s
    now += 40.0
    assert taken.left  # 10 of 5 + 5 s


def test_work_that_fails_is_counted_too() -> None:
    taken = TimeShare(free=0.0, share=0.0)
    assert taken.left
    with pytest.raises(ValueError, match="no"), taken.spend():
        time.sleep(0.001)
        raise ValueError("no")
    assert not taken.left
