"""Which attributes make which task: a YAML file of groups, ``name: [attribute, ...]``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from spaces.common.formatting import name_kind
from spaces.common.home import expand_home
from spaces.common.suggestions import suggest
from spaces.errors import DataError, UserError
from trainers.data.formats.texts import decode_text
from trainers.data.specs.quoting import ANY, quote_names
from trainers.tasks.attributes import Attributes

SHIPPED = Path(__file__).parent / "specs" / "celeba"
USUAL = "maximum_roaming"


def list_shipped() -> list[str]:
    """Names of the groupings that come with the package."""
    return sorted(path.stem for path in SHIPPED.glob("*.yaml"))


def locate_groups(given: str | None) -> Path:
    """The file that ``data.groups`` means: the name of a shipped one, else a path; None is the usual one."""
    name = USUAL if given is None else given
    return SHIPPED / f"{name}.yaml" if name in list_shipped() else expand_home(name, "data.groups").absolute()


def read_groups(path: Path) -> dict[str, Attributes]:
    """A task a group, in the order of the file.

    Raises:
        DataError: the file is missing or no YAML, or with everything wrong in it.
    """
    content = _content(path)
    tasks, problems = {}, []
    places: dict[str, list[str]] = {}
    for name, members in content.items():
        if not isinstance(members, list) or not members or not all(isinstance(member, str) for member in members):
            problems.append(f"{name}={members!r}: want a list of names of attributes, at least one")
            continue
        for member in members:
            places.setdefault(member, []).append(str(name))
        try:
            tasks[name] = Attributes(name, tuple(dict.fromkeys(members)))
        except UserError as error:
            problems += error.problems
    problems += [
        f"attribute {member} is in {' and '.join(groups)}; want it in one group at most, once"
        for member, groups in places.items()
        if len(groups) > 1
    ]
    if problems:
        raise DataError([f"{path}: {problem}" for problem in problems])
    return tasks


def check_known(path: Path, tasks: Mapping[str, Attributes], known: Sequence[str]) -> list[str]:
    """What is wrong with attributes that the data does not have, each with the nearest name."""
    problems = []
    for name, task in tasks.items():
        assert not isinstance(task.attributes, int)
        for member in task.attributes:
            if member not in known:
                meant = suggest(member, known)
                want = f"; want among {', '.join(known)}" if meant == "." else meant
                problems.append(f"{path}: unknown attribute {member!r} in {name}{want}")
    return problems


def _content(path: Path) -> Mapping[Any, Any]:
    try:
        text = decode_text(path.read_bytes(), path)
        node = yaml.compose(text, yaml.SafeLoader)
        problems = quote_names(node, ((ANY,),), ((),))
        content = yaml.safe_load(text)
    except FileNotFoundError as error:
        raise DataError(
            f"data.groups: no file {path}; want a YAML file of groups, name: [attribute, ...], or the name of a "
            f"shipped one: {', '.join(list_shipped())}"
        ) from error
    except (OSError, yaml.YAMLError) as error:
        raise DataError(
            f"{path}: cannot be read as YAML ({error}); want name: [attribute, ...] for each group"
        ) from error
    if not isinstance(content, Mapping) or not content:
        raise DataError(
            f"{path}: {name_kind(content)} where a mapping is wanted; want name: [attribute, ...] for each group"
        )
    if problems:
        raise DataError([f"{path}: {problem}" for problem in problems])
    # YAML itself would silently take the last of two.
    names = [key.value for key, _ in node.value]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise DataError(f"{path}: group {', '.join(twice)} is given twice; join them")
    return content
