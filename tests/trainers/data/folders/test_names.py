from __future__ import annotations

import os

import pytest

from trainers.data.folders.names import is_left_by_machines, is_text, list_spellings, natural, same_name, show_bytes


def test_numbers_are_sorted_by_value_in_any_digits() -> None:
    names = ["s10", "s9", "s\u0663", "s\u2460", "s\u00b2", "s" + "9" * 250, "s"]

    assert sorted(names, key=natural)[:4] == ["s", "s\u0663", "s9", "s10"]
    assert sorted(names, key=natural)[4] == "s" + "9" * 250
    assert set(sorted(names, key=natural)[5:]) == {"s\u2460", "s\u00b2"}


@pytest.mark.parametrize(
    ("found", "before", "after", "left"),
    [
        ("a", "", ".png", False),
        (".a", "", ".png", True),
        (".a", "im", ".png", False),
        (".trash/a", "im", ".png", False),  # the folder is called im.trash
        ("x/.trash/a", "im", ".png", True),
        ("Thumbs", "", ".db", True),
        ("Thumbs", "", ".png", False),  # of hands
        ("desktop", "", ".ini", True),
        ("@eaDir/a", "", ".png", True),
        ("a.png~", "", "", True),
        ("__MACOSX/x/a", "", ".png", True),
        ("a/Thumbnails/b", "", "/1.png", True),
    ],
)
def test_what_machines_leave_is_known_by_its_names(found: str, before: str, after: str, left: bool) -> None:
    assert is_left_by_machines(found, before, after) == left


def test_other_spellings_are_those_of_suffixes_accents_and_strokes() -> None:
    assert list(list_spellings("a.b/c")) == []
    assert list(list_spellings("a.JPG")) == ["a.jpg", "a.Jpg"]
    assert list(list_spellings("a.jPg")) == ["a.jpg", "a.JPG", "a.Jpg"]
    assert "x/a.png" in list(list_spellings("x\\a.png"))
    assert "e\u0301.png" in list(list_spellings("\u00e9.png"))
    assert "\u00e9.PNG" in list(list_spellings("e\u0301.png"))


def test_letters_and_accents_are_together_or_apart_in_folders_and_names() -> None:
    together, apart = "\u00e9", "e\u0301"
    ways = {f"{one}/{other}.png" for one in (together, apart) for other in (together, apart)}

    assert all({way, *list_spellings(way)} >= ways for way in ways)
    assert same_name(apart) == same_name(together) == together


def test_bytes_that_are_no_text_are_shown_as_such() -> None:
    name = os.fsdecode(b"\xd6\xd0s0")

    assert (is_text(name), is_text("中")) == (False, True)
    assert show_bytes(name) == "\\xd6\\xd0s0"
    assert show_bytes("中") == "中"
    assert show_bytes("a\ud800") == "a\\ud800"
