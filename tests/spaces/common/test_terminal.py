from __future__ import annotations

import pytest

from spaces.common.terminal import find_room, find_width, lay_out, say


@pytest.mark.parametrize(("columns", "wanted"), [("72", 72), ("20", 60), ("999", 200), ("0", 110), ("", 110)])
def test_the_width_is_the_terminals_within_reason(columns: str, wanted: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    assert find_width() == wanted


def test_lines_stay_whole_where_there_is_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    assert find_room() is None  # pytest takes what is printed
    monkeypatch.setenv("COLUMNS", "90")
    assert find_room() == 90


def test_a_text_is_wrapped_where_somebody_reads_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "many words " * 9
    monkeypatch.delenv("COLUMNS", raising=False)
    assert lay_out(text) == text
    monkeypatch.setenv("COLUMNS", "60")
    say(text)
    first, second = capsys.readouterr().out.splitlines()
    assert len(first) <= 60
    assert second.startswith("  ")
