"""What all specifications have in common: where they are, which keys they know, and the tasks that they describe."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from spaces.common.formatting import name_kind
from spaces.common.home import expand_home
from spaces.common.suggestions import suggest
from spaces.errors import DataError, UserError
from trainers.data.formats.texts import decode_text
from trainers.data.specs.quoting import ANY
from trainers.data.specs.yaml_loader import load_named
from trainers.tasks import KINDS, Task, make_task

SHIPPED = Path(__file__).parent
COMMON = ("source", "image", "default", "tasks")
NAMES = (("tasks", ANY, "classes"), ("tasks", ANY, "attributes"), ("default",), ("splits", ANY))
"""Where names stand, to be quoted where YAML takes them for something else."""


@dataclass(frozen=True)
class Format:
    """A kind of specification: what it may say beside tasks and their options.

    Args:
        text: where it is documented.
        folder: of the shipped ones.
        keys: allowed at the top.
        own: keys of a task that are no options of its kind, but say where its targets are.
        shared: those among them that are an option of the kind where their value is no text.
    """

    text: str
    folder: Path
    keys: tuple[str, ...]
    own: tuple[str, ...]
    shared: tuple[str, ...] = ()

    def owns(self, key: Any, value: Any) -> bool:
        """Whether a key of a task says where its targets are."""
        return key in self.own and (key not in self.shared or isinstance(value, str))


@dataclass(frozen=True)
class Parsed:
    """What all specifications have, read; the rest is as it stands in the file.

    Args:
        content: the whole file.
        tasks: by name, in the order of the file.
        own: by task, what is said of its targets.
        default: names of the tasks that train when nothing is said.
        source: where such data comes from, or "".
        problems: everything wrong so far.
    """

    content: Mapping[Any, Any]
    tasks: dict[str, Task]
    own: dict[str, dict[str, Any]]
    default: tuple[str, ...]
    source: str
    problems: list[str]


def list_shipped(form: Format) -> list[str]:
    """Names of the specifications that come with the package."""
    return sorted(path.stem for path in form.folder.glob("*.yaml"))


def locate_spec(spec: str, form: Format) -> Path:
    """The file that ``data.spec`` means: a bare name is a shipped one, anything else a path."""
    path = expand_home(spec, "data.spec")
    return form.folder / f"{spec}.yaml" if path.name == spec and not path.suffix else path.absolute()


def explain_missing_spec(form: Format) -> str:
    """What is said when there is no ``data.spec``."""
    return (
        "data.spec is not given; want data.spec=FILE, a YAML file that says what the arrays mean "
        f"(format: {form.text}), or the name of a shipped one: {', '.join(list_shipped(form))}"
    )


def parse_spec(path: Path, form: Format) -> Parsed:
    """Read what all specifications have in common.

    Raises:
        DataError: the file is missing or no YAML mapping; whatever else is wrong is among the problems.
    """
    content, problems = _content(path, form)
    problems += [_unknown(key, form) for key in content if key not in form.keys]
    if not isinstance(content.get("source", ""), str):
        problems.append(f"source={content['source']!r}: want a text")
    tasks, own = {}, {}
    described = content.get("tasks")
    if not isinstance(described, Mapping) or not described:
        problems.append(f"tasks={described!r}: want a mapping from names of tasks to their kinds and options")
        described = {}
    for name, options in described.items():
        try:
            tasks[name], said = _task(name, options, form)
        except UserError as error:
            problems += error.problems
            continue
        if said is not None:
            own[name] = said
    known = list(described)  # a list finds what cannot be hashed, too
    default = content.get("default", known)
    if not isinstance(default, list) or any(name not in known or default.count(name) > 1 for name in default):
        problems.append(f"default={default!r}: want a list of distinct names among {', '.join(map(str, known))}")
        default = []
    return Parsed(content, tasks, own, tuple(default), str(content.get("source", "")).strip(), problems)


def _task(name: Any, options: Any, form: Format) -> tuple[Task, dict[str, Any] | None]:
    """A task, and what is said of its targets; None where the target is the image."""
    if not isinstance(options, Mapping):
        return make_task(name, options), None  # refuses it
    said = {key: value for key, value in options.items() if form.owns(key, value)}
    task = make_task(name, {key: value for key, value in options.items() if not form.owns(key, value)})
    if not task.target_from_image:
        return task, said
    if said:
        key, value = next(iter(said.items()))
        raise DataError(f"tasks.{name}.{key}={value}: the target of {task.kind} is the image; leave it out")
    return task, None


def _unknown(key: Any, form: Format) -> str:
    meant = suggest(str(key), form.keys).removesuffix(".")
    hint = f", and {key} is a kind of task: it belongs under tasks" if key in KINDS else meant
    return f"{key}: unknown key, a specification has {', '.join(form.keys)}{hint}"


def _content(path: Path, form: Format) -> tuple[Mapping[Any, Any], list[str]]:
    """What the file says, and what is wrong with the names in it."""
    try:
        content, problems = load_named(decode_text(path.read_bytes(), path), NAMES, (("tasks",),))
    except FileNotFoundError as error:
        raise DataError(
            f"data.spec: no file {path}; want a YAML file that says what the arrays mean "
            f"(format: {form.text}), or the name of a shipped one: {', '.join(list_shipped(form))}"
        ) from error
    except (OSError, yaml.YAMLError) as error:
        raise DataError(f"{path}: cannot be read as YAML ({error}); {form.text} tells the format") from error
    if not isinstance(content, Mapping):
        raise DataError(
            f"{path}: {name_kind(content)} where a mapping with the keys {', '.join(form.keys)} is wanted; "
            f"{form.text} tells the format"
        )
    return content, problems
