"""The help text names everything that can be chosen."""

from __future__ import annotations

import re
import subprocess

import pytest

from search.components.groups import Groups
from search.config.help import INTRODUCTIONS, format_help, wrap_command

LIBRARY = Groups()


@pytest.mark.parametrize("program", INTRODUCTIONS)
def test_every_group_part_and_choice_is_listed_for_every_command(program: str) -> None:
    text = format_help(LIBRARY, LIBRARY.defaults, program)

    concerned = ("data", "network") if program == "search.check" else (*LIBRARY.defaults, *LIBRARY.parts.values())
    assert f"python -m {program}" in text
    for group in [*LIBRARY.defaults, *LIBRARY.parts.values()]:
        for choice in LIBRARY.choices(group):
            assert (f"\n  {group.replace('/', '.')}={choice}" in text) == (group in concerned)
    assert len(re.findall(r" \*(  |\n)", text)) == len(set(concerned) & set(LIBRARY.defaults))  # one default a group


@pytest.mark.parametrize("width", [60, 80, 120, 200])
@pytest.mark.parametrize("program", INTRODUCTIONS)
def test_it_fits_the_terminal_and_has_the_keys_before_the_catalogues(program: str, width: int) -> None:
    lines = format_help(LIBRARY, LIBRARY.defaults, program, width=width).splitlines()
    long = [line for line in lines if len(line) > width]
    assert all(len(line.split()) == 1 or "=[" in line for line in long)  # one word that cannot be wrapped
    assert lines[0] == INTRODUCTIONS[program].question[: len(lines[0])]
    order = [lines.index(title) for title in ("Example", "Flags", "Keys and their defaults")]
    assert order == sorted(order)
    assert lines.index("Groups and their choices (* default)") > order[-1]


def test_the_help_of_checking_shows_what_concerns_it() -> None:
    text = format_help(LIBRARY, LIBRARY.defaults, "search.check")
    assert "\n  data.image_size=64" in text
    for alien in ("trainer.lr", "sampler=", "runner.", "budget", "confirm.seeds", "trials"):
        assert f"\n  {alien}" not in text


def test_a_wrapped_command_is_one_to_a_shell() -> None:
    command = "python -m search.run space=fusion data=npz data.root=DIR data.spec=FILE run.name=mine"
    wrapped = wrap_command(command, 60)
    assert max(map(len, wrapped.splitlines())) <= 60
    said = subprocess.run(
        ["sh", "-c", wrapped.replace("python", "echo", 1)], capture_output=True, text=True, check=True
    )
    assert said.stdout.split() == command.split()[1:]


@pytest.mark.parametrize("choice", LIBRARY.choices("sampler"))
def test_the_keys_of_the_choice_are_listed_and_no_others(choice: str) -> None:
    text = format_help(LIBRARY, {**LIBRARY.defaults, "sampler": choice}, "search.run")

    listed = text.partition("Keys and their defaults")[2].partition("\n\n")[0].splitlines()
    shown = {line.strip().partition("=")[0] for line in listed if line.startswith("  sampler.")}
    assert shown == {key.name for key in LIBRARY.keys("sampler", choice)}
    lines = format_help(LIBRARY, LIBRARY.defaults, "search.run").splitlines()
    assert all(line == line.rstrip() for line in lines)
