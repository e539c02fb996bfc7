"""The text of ``--help``: what can be chosen and set, read from the YAML files so that it cannot go stale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from textwrap import wrap

from search.components.groups import EXPERIMENT, Groups
from spaces.common.terminal import find_width

COLUMN = 46  # where meanings begin at the latest; in a narrow terminal at two fifths of it
CHECKED = ("data", "network"), ("run.folder", "objectives")  # groups and keys that a check looks at


@dataclass(frozen=True)
class Introduction:
    """What a command's help begins with.

    Args:
        question: that it answers.
        usage: its arguments.
        example: arguments that run.
        text: what it does, in a paragraph.
        flags: that it has beside those of all commands, with what they mean.
    """

    question: str
    usage: str
    example: str
    text: str
    flags: tuple[tuple[str, str], ...] = ()


OVERRIDES = "[GROUP=CHOICE ...] [KEY=VALUE ...]"
INTRODUCTIONS = {
    "search.run": Introduction(
        "What should several vision tasks over one encoder share, until where, and what does it cost?",
        OVERRIDES,
        "space=fusion trials=40 limits.macs=20e6",
        "Ends with a Pareto front of multi-task networks in the run folder. The same command again resumes. python -m "
        "search.plan, with the same arguments, tells before what a search tries, takes and costs; python -m "
        "search.status how it stands.",
    ),
    "search.plan": Introduction(
        "What would a search try, how long would it take, and how much memory?",
        OVERRIDES,
        "space=fusion",
        "Counts and prices the patterns, times a few steps, and prints the command that starts the search. Trains "
        "nothing to its end, and leaves the run folder alone.",
    ),
    "search.sweep": Introduction(
        "What do several searches come to, one for each of several values, and how much of that is the seed?",
        "KEY=VALUE,VALUE,... [GROUP=CHOICE,CHOICE,...] [KEY=VALUE ...]",
        "space=fusion,branching run.seed=0,1,2 trials=10",
        "Searches the product of all comma lists, one run after the other, each in a folder named after its values in "
        "the folder run.name; single-task networks and supernets are shared. Ends with one front of all and a table "
        "over seeds. The same command again resumes, further values add runs. Commas in brackets and quotes make no "
        "list; range(0,5) is one.",
        (
            ("--plan", "tell runs, epochs and time, and stop"),
            ("--side-by-side N", "N runs at a time on one cluster; wants runner.address and runner.concurrency"),
        ),
    ),
    "search.check": Introduction(
        "Is the data set right?",
        "data=CHOICE [data.root=DIR] [KEY=VALUE ...]",
        "data=folder data.root=photos data.spec=photos.yaml",
        "Counts the samples, reads some of every split, prints the extent of every target and the share of invalid "
        "pixels, and draws images with their targets. Trains nothing. The other keys of a search are taken, so that "
        "the arguments of one can be checked as they are.",
    ),
    "search.dry_run": Introduction(
        "Which networks would a search train, and what would that cost, before the data are there?",
        f"[experiment=NAME] {OVERRIDES}",
        "experiment=pdf_nyuv2",
        "Builds the networks at the ends of the space, counts their parameters and multiply-accumulates at the size of "
        "the images, and those of single-task networks, and times one step on random images. Reads no data where an "
        "experiment says how many images train, and writes nothing.",
    ),
}

FLAGS = (
    ("--help, -h", "this text; with GROUP=CHOICE, the keys of that choice"),
    ("--cfg", "print the composed configuration and stop"),
    ("--config-dir DIR", "look for more choices in DIR/GROUP/CHOICE.yaml"),
    ("--allow PACKAGE", "let code of this package run where settings or files name it; may be said several times"),
)
EXAMPLES = (
    "space=fusion",
    "space=fusion data=npz data.root=DIR data.spec=FILE run.name=mine",
    "experiment=pdf_nyuv2 data.root=DIR",
    "space=fusion sampler=random runner=inline trainer.epochs=2 trials=4 run.name=try",
)


def format_help(
    groups: Groups, choices: Mapping[str, str], program: str, experiment: str | None = None, width: int | None = None
) -> str:
    """What a command does, an example, its keys with their defaults, and at last what can be chosen.

    Args:
        groups: the YAML files.
        choices: choice by group, whose keys are shown.
        program: a key of ``INTRODUCTIONS``; all take the same arguments.
        experiment: whose values are shown too.
        width: columns; None for those of the terminal.
    """
    width, told = width or find_width(), INTRODUCTIONS[program]
    shown, further = CHECKED if program == "search.check" else (tuple(choices), None)
    usage, example = (wrap_command(f"python -m {program} {words}", width) for words in (told.usage, told.example))
    parts = ["\n".join(wrap(told.question, width)), f"{usage}\n\nExample\n{example}", "\n".join(wrap(told.text, width))]
    parts.append(f"Flags\n{_rows((*FLAGS, *told.flags), width)}")
    if experiment is not None:
        own = [(f"{key.name}={key.default}", key.comment) for key in groups.experiment_keys(experiment)]
        parts.append(f"What {EXPERIMENT}={experiment} sets\n{_rows(own, width)}")
    parts.append(f"Keys and their defaults\n{_rows(_list_keys(groups, choices, shown, further), width)}")
    parts.append(f"Groups and their choices (* default)\n{_rows(_list_choices(groups, choices, shown), width)}")
    whole = [(f"{EXPERIMENT}={name}", groups.meaning(EXPERIMENT, name)) for name in groups.choices(EXPERIMENT)]
    title = "\n".join(wrap("Experiments, whole settings that everything else given wins over", width))
    parts.append(f"{title}\n{_rows(whole, width)}")
    if program not in ("search.check", "search.sweep"):
        more = "\n".join(wrap_command(f"python -m {program} {words}", width) for words in EXAMPLES)
        parts.append(f"More examples\n{more}")
    return "\n\n".join(parts)


def wrap_command(command: str, width: int) -> str:
    """A command in lines of a width that a shell takes as one."""
    lines = wrap(command, width - 4, break_long_words=False, break_on_hyphens=False)
    return "\n".join(f"  {'  ' * (index > 0)}{line}" for index, line in enumerate(lines)).replace("\n", " \\\n")


def _list_keys(
    groups: Groups, choices: Mapping[str, str], shown: Sequence[str], further: Sequence[str] | None
) -> list[tuple[str, str]]:
    """Keys of the settings themselves, or those further ones alone, and of the choices of some groups."""
    keys = [key for key in groups.keys(None) if further is None or key.name in further]
    for group, choice in choices.items():
        keys += groups.keys(group, choice) if group in shown or group.partition("/")[0] in shown else ()
    return [(f"{key.name}={key.default}", key.comment) for key in keys]


def _list_choices(groups: Groups, choices: Mapping[str, str], shown: Sequence[str]) -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    for group in [*choices, *(part for part in groups.parts.values() if part not in choices)]:
        if group not in shown and group.partition("/")[0] not in shown:
            continue
        for name in groups.choices(group):
            star = " *" if name == groups.defaults.get(group) else ""
            rows.append((f"{group.replace('/', '.')}={name}{star}", groups.meaning(group, name)))
    return rows


def _rows(rows: Sequence[tuple[str, str]], width: int) -> str:
    """What is written in one column, what it means in the next."""
    column = min(COLUMN, 2 * width // 5, 4 + max(len(written) for written, _ in rows))
    lines = []
    for written, meaning in rows:
        left = f"  {written}"
        if len(left) > column - 2:  # a long default pushes its meaning to the next line
            lines.append(left)
            left = ""
        first, *more = wrap(meaning, width - column, break_long_words=False, break_on_hyphens=False) or [""]
        lines += [f"{left:<{column}}{first}", *(" " * column + line for line in more)]
    return "\n".join(line.rstrip() for line in lines if line.strip())
