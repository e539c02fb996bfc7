"""The reference of all keys of the configuration, `search/KEYS.md`, made of the YAML files behind the command line.

python -m search.config.key_reference > search/KEYS.md
"""

from __future__ import annotations

from collections.abc import Iterable

from search.components.groups import EXPERIMENT, Groups, Key

HEAD = """# Every key of the configuration

Made by `python -m search.config.key_reference > search/KEYS.md` from [conf](conf); `--help` with a `GROUP=CHOICE` shows
the same in a terminal. A key is given as `KEY=VALUE`, a choice as `GROUP=CHOICE`; `*` marks the choice that holds where
none is given. `python -m search.sweep` takes several values of any of them with commas between: `run.seed=0,1,2`."""


def format_reference(groups: Groups) -> str:
    """Of all groups and choices their keys with defaults and meanings, as Markdown."""
    parts = [HEAD, f"## Of every search\n\n{tabulate(groups.keys(None))}"]
    for group in [*groups.defaults, *(part for part in groups.parts.values() if part not in groups.defaults)]:
        parts.append(f"## {group.replace('/', '.')}")
        for name in groups.choices(group):
            star = " *" if groups.defaults.get(group) == name else ""
            parts.append(f"### {group.replace('/', '.')}={name}{star}\n\n{groups.meaning(group, name)}")
            if keys := groups.keys(group, name):
                parts.append(tabulate(keys))
    rows = "\n".join(
        f"| `{EXPERIMENT}={name}` | {groups.meaning(EXPERIMENT, name)} |" for name in groups.choices(EXPERIMENT)
    )
    parts.append(
        f"## {EXPERIMENT}\n\nWhole settings; everything else that is given wins over them.\n\n| | |\n|---|---|\n{rows}"
    )
    return "\n\n".join(parts)


def tabulate(keys: Iterable[Key]) -> str:
    """A table of keys, their defaults, what they mean."""
    rows = [f"| `{_escape(key.name)}` | `{_escape(key.default)}` | {_escape(key.comment)} |" for key in keys]
    return "\n".join(["| key | default | |", "|---|---|---|", *rows])


def _escape(text: str) -> str:
    """As a cell of a table has it."""
    return text.replace("|", "\\|")


if __name__ == "__main__":
    print(format_reference(Groups()))
