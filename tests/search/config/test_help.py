"""The help text names everything that can be chosen."""

from __future__ import annotations

import pytest

from search.components.groups import Groups
from search.config.help import INTRODUCTIONS, WIDTH, format_help

LIBRARY = Groups()


@pytest.mark.parametrize("program", INTRODUCTIONS)
def test_every_group_part_and_choice_is_listed_for_every_command(program: str) -> None:
    text = format_help(LIBRARY, LIBRARY.defaults, program)

    assert f"python -m {program}" in text
    for group in [*LIBRARY.defaults, *LIBRARY.parts.values()]:
        for choice in LIBRARY.choices(group):
            assert f"\n  {group.replace('/', '.')}={choice}" in text
    assert text.count(" *  ") == len(LIBRARY.defaults)  # one default a group


@pytest.mark.parametrize("choice", LIBRARY.choices("sampler"))
def test_the_keys_of_the_choice_are_listed_and_no_others(choice: str) -> None:
    text = format_help(LIBRARY, {**LIBRARY.defaults, "sampler": choice}, "search.run")

    listed = text.partition("Keys and their defaults")[2].partition("\n\n")[0].splitlines()
    shown = {line.strip().partition("=")[0] for line in listed if line.startswith("  sampler.")}
    assert shown == {key.name for key in LIBRARY.keys("sampler", choice)}
    lines = format_help(LIBRARY, LIBRARY.defaults, "search.run").splitlines()
    assert all(line == line.rstrip() for line in lines)
    assert max(len(line) for line in lines if line.startswith("    ")) <= WIDTH
