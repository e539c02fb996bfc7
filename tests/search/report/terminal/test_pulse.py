from __future__ import annotations

import time

from search.report.terminal.pulse import Pulse


def test_it_says_what_is_new_and_ever_more_rarely() -> None:
    said: list[str] = []
    texts = iter(["", "one", "one", *map(str, range(1000))])
    with Pulse(said.append, lambda: next(texts), first=0.02, longest=0.04):
        time.sleep(0.4)
    assert said[:2] == ["one", "0"]
    assert 4 <= len(said) <= 12


def test_it_is_silent_while_others_speak() -> None:
    said: list[str] = []
    with Pulse(said.append, lambda: str(time.monotonic()), first=0.3) as pulse:
        for _ in range(20):
            time.sleep(0.02)
            pulse.hear()
    assert said == []
