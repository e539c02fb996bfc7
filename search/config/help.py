"""The text of ``--help``: what can be chosen and set, read from the YAML files so that it cannot go stale."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import wrap

from search.components.groups import EXPERIMENT, Groups

WIDTH, COLUMN = 110, 46  # of the text, and where meanings begin at the latest

INTRODUCTION = """\
What should several vision tasks over one encoder share, until where, and what does it cost?

  python -m search.run [GROUP=CHOICE ...] [KEY=VALUE ...]

Ends with a Pareto front of multi-task networks in the run folder. The same command again resumes.
python -m search.plan, with the same arguments, tells before what a search tries, takes and costs."""

PLAN_INTRODUCTION = """\
What would a search try, how long would it take, and how much memory?

  python -m search.plan [GROUP=CHOICE ...] [KEY=VALUE ...]

Counts and prices the patterns, times a few steps, and prints the command that starts the search. Trains nothing to
its end, and leaves the run folder alone."""

CHECK_INTRODUCTION = """\
Is the data set right?

  python -m search.check data=CHOICE [data.root=DIR] [KEY=VALUE ...]

Counts the samples, reads some of every split, prints the extent of every target and the share of invalid pixels, and
draws images with their targets. Trains nothing."""

DRY_RUN_INTRODUCTION = """\
Which networks would a search train, and what would that cost, before the data are there?

  python -m search.dry_run [experiment=NAME] [GROUP=CHOICE ...] [KEY=VALUE ...]

Builds the networks at the ends of the space, counts their parameters and multiply-accumulates at the size of the
images, and those of single-task networks, and times one step on random images. Reads no data where an experiment says
how many images train, and writes nothing."""

ENDING = """\
Flags
  --help, -h         this text; with GROUP=CHOICE, the keys of that choice
  --cfg              print the composed configuration and stop
  --config-dir DIR   look for more choices in DIR/GROUP/CHOICE.yaml

Examples
  python -m {program} space=fusion
  python -m {program} space=fusion trials=40 limits.macs=20e6
  python -m {program} space=fusion data=npz data.root=DIR data.spec=FILE run.name=mine
  python -m {program} experiment=pdf_nyuv2 data.root=DIR
  python -m {program} space=fusion sampler=random runner=inline trainer.epochs=2 trials=4 run.name=try"""


INTRODUCTIONS = {
    "search.run": INTRODUCTION,
    "search.plan": PLAN_INTRODUCTION,
    "search.check": CHECK_INTRODUCTION,
    "search.dry_run": DRY_RUN_INTRODUCTION,
}


def format_help(groups: Groups, choices: Mapping[str, str], program: str, experiment: str | None = None) -> str:
    """Groups with their choices, keys with their defaults.

    Args:
        groups: the YAML files.
        choices: choice by group, whose keys are shown.
        program: a key of ``INTRODUCTIONS``; all take the same arguments.
        experiment: whose values are shown too.
    """
    rows: list[tuple[str, str]] = []
    keys = [(f"{key.name}={key.default}", key.comment) for key in groups.keys(None)]
    for group in [*choices, *(part for part in groups.parts.values() if part not in choices)]:
        key = group.replace("/", ".")
        for name in groups.choices(group):
            star = " *" if name == groups.defaults.get(group) else ""
            rows.append((f"{key}={name}{star}", groups.meaning(group, name)))
    for group, choice in choices.items():
        keys += [(f"{key.name}={key.default}", key.comment) for key in groups.keys(group, choice)]
    parts = [INTRODUCTIONS[program], f"Groups and their choices (* default)\n{_rows(rows)}"]
    names = groups.choices(EXPERIMENT)
    whole = [(f"{EXPERIMENT}={name}", groups.meaning(EXPERIMENT, name)) for name in names]
    parts.append(f"Experiments, whole settings that everything else given wins over\n{_rows(whole)}")
    if experiment is not None:
        own = [(f"{key.name}={key.default}", key.comment) for key in groups.experiment_keys(experiment)]
        parts.append(f"What {EXPERIMENT}={experiment} sets\n{_rows(own)}")
    return "\n\n".join([*parts, f"Keys and their defaults\n{_rows(keys)}", ENDING.format(program=program)])


def _rows(rows: list[tuple[str, str]]) -> str:
    """What is written in one column, what it means in the next."""
    column = min(COLUMN, 4 + max(len(written) for written, _ in rows))
    lines = []
    for written, meaning in rows:
        left = f"  {written}"
        if len(left) > column - 2:  # a long default pushes its meaning to the next line
            lines.append(left)
            left = ""
        first, *more = wrap(meaning, WIDTH - column) or [""]
        lines += [f"{left:<{column}}{first}", *(" " * column + line for line in more)]
    return "\n".join(line.rstrip() for line in lines)
