from __future__ import annotations

import io

import pytest
from rich.console import Console

from search.report.terminal.panel import SEPARATOR, Panel, pack

COUNTS = [
    "9 of 9 baselines",
    "6 of 24 trials, 2 running",
    "1 failed",
    "front 4",
    "hypervolume 123 M",
    "about 3 min left",
]
RUNNING = [f"trial {number}: epoch 2 of 8" for number in range(6)]


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_every_count_is_whole_at_every_width(width: int) -> None:
    console = Console(file=io.StringIO(), width=width, force_terminal=True, color_system=None)
    console.print(Panel(6, 24, COUNTS, RUNNING))
    lines = console.file.getvalue().splitlines()  # type: ignore[attr-defined]  # the file is a StringIO
    assert max(map(len, lines)) <= width
    assert not any(each in lines[0] for each in COUNTS)  # the bar has a line of its own
    assert all(any(each in line for line in lines) for each in [*COUNTS, *RUNNING[:4], "and 2 more"])


def test_parts_are_packed_in_order_and_a_long_one_stands_alone() -> None:
    assert pack(["a" * 5, "b" * 5, "c" * 30, "d"], 16) == [f"aaaaa{SEPARATOR}bbbbb", "c" * 30, "d"]
    assert pack([], 16) == []
