"""The text of ``--help``: what can be chosen and set, read from the YAML files so that it cannot go stale."""

from __future__ import annotations

from collections.abc import Mapping

from search.library import Key, Library

INTRODUCTION = """\
What should several vision tasks over one encoder share, until where, and what does it cost?

  python -m search.run [GROUP=CHOICE ...] [KEY=VALUE ...]

Ends with a Pareto front of multi-task networks in the run folder. The same command again resumes."""

ENDING = """\
Flags
  --help, -h         this text; with GROUP=CHOICE, the keys of that choice
  --cfg              print the composed configuration and stop
  --config-dir DIR   look for more choices in DIR/GROUP/CHOICE.yaml

Examples
  python -m search.run space=fusion
  python -m search.run space=fusion trials=40 limits.macs=20e6
  python -m search.run space=fusion data=npz data.root=DIR data.spec=FILE run.name=mine
  python -m search.run space=fusion sampler=random runner=inline trainer.epochs=2 trials=4 run.name=try"""


def usage(library: Library, choices: Mapping[str, str]) -> str:
    """Groups with their choices, keys with their defaults.

    Args:
        library: the YAML files.
        choices: choice by group, whose keys are shown.
    """
    width = max(map(len, choices))
    groups = []
    keys = list(library.keys(None))
    for group, choice in choices.items():
        names = [_starred(name, library.groups[group]) for name in library.choices(group)]
        groups.append(f"  {group:<{width}}  {'  '.join(names)}")
        keys += library.keys(group, choice)
    parts = [INTRODUCTION, "\n".join(["Groups and their choices (* default)", *groups])]
    parts += ["\n".join(["Keys and their defaults", *_rows(keys)]), ENDING]
    return "\n\n".join(parts)


def _starred(name: str, default: str) -> str:
    return f"{name}*" if name == default else name


def _rows(keys: list[Key]) -> list[str]:
    """``key=default`` in one column, what it means in the next."""
    left = [f"  {key.name}={key.default}" for key in keys]
    width = min(max(map(len, left)), 44)
    return [f"{shown:<{width}}  {key.comment}".rstrip() for shown, key in zip(left, keys, strict=True)]
