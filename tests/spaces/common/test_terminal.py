from __future__ import annotations

import pytest

from spaces.common.terminal import find_room, find_width


@pytest.mark.parametrize(("columns", "wanted"), [("72", 72), ("20", 60), ("999", 200), ("0", 110), ("", 110)])
def test_the_width_is_the_terminals_within_reason(columns: str, wanted: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    assert find_width() == wanted


def test_lines_stay_whole_where_there_is_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    assert find_room() is None  # pytest takes what is printed
    monkeypatch.setenv("COLUMNS", "90")
    assert find_room() == 90
