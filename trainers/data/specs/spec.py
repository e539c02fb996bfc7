r"""What the arrays of a data set mean: a small YAML file, so that anybody's arrays train without code.

::

    source: where such data comes from     # optional text, shown when the folder is missing
    image: rgb                             # array of the images, uint8 (N, H, W, 3); "image" if left out
    default: [geometry, depth]             # optional: what trains when data.tasks is not given; else all
    tasks:
      geometry:                            # the task's name, as it stands in results
        array: geo                         # array of the targets; the task's name if left out
        kind: segmentation                 # segmentation, depth, normals, edges, regression, autoencoder;
                                           # of whole images: classification, attributes
        classes: [floor, wall, other]      # names in the order of the ids, or how many
        invalid: 255                       # id of unlabelled pixels
      depth:
        array: depth_mm
        kind: depth
        scale: 0.001                       # metres a stored unit
        invalid: 0
      edges:
        kind: edges
        role: auxiliary                    # trained and reported, not counted in Delta_MTL; else main
        weight: 0.5                        # factor of the task's loss; 1 if left out
      image_again:
        kind: autoencoder                  # its target is the image, it has no array
      room:
        kind: classification               # one id an image, (N,)
        classes: [kitchen, office]
      contents:
        kind: attributes                   # 0 or 1 for each attribute of an image, (N, C)
        attributes: [chair, window, person]

Every key of a task but ``array`` is an option of its kind, see the class in ``trainers/tasks/<kind>.py``;
``kind`` may also be the dotted path of a task class of one's own. Targets are (N, H, W) or (N, H, W, C), in
the order and of the size of the images; those of whole images are (N,) or (N, C). ``npz`` reads a specification
and the arrays that go with it; those in ``specs/`` are shipped and called by their bare name. Files of many
samples: ``trainers.data.specs.folder_spec``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml

from spaces.errors import DataError, UserError
from trainers.tasks import KINDS, Task, make_task

SHIPPED = Path(__file__).parent
COMMON = ("source", "image", "default", "tasks")


@dataclass(frozen=True)
class Format:
    """A kind of specification: what it may say beside tasks and their options.

    Args:
        text: where it is documented.
        folder: of the shipped ones.
        keys: allowed at the top.
        own: keys of a task that are no options of its kind, but say where its targets are.
    """

    text: str
    folder: Path
    keys: tuple[str, ...]
    own: tuple[str, ...]


ARRAYS = Format("trainers/data/specs/spec.py", SHIPPED, COMMON, ("array",))


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


@dataclass(frozen=True)
class Spec:
    """A specification of arrays, read.

    Args:
        image: name of the array of images.
        tasks: by name, in the order of the file.
        arrays: name of the array of each task; tasks that reconstruct the image have none.
        default: names of the tasks that train when nothing is said.
        source: where such data comes from, or "".
    """

    image: str
    tasks: dict[str, Task]
    arrays: dict[str, str]
    default: tuple[str, ...]
    source: str = ""


def list_shipped(form: Format = ARRAYS) -> list[str]:
    """Names of the specifications that come with the package."""
    return sorted(path.stem for path in form.folder.glob("*.yaml"))


def locate_spec(spec: str, form: Format = ARRAYS) -> Path:
    """The file that ``data.spec`` means: a bare name is a shipped one, anything else a path."""
    path = Path(spec).expanduser()
    return form.folder / f"{spec}.yaml" if path.name == spec and not path.suffix else path.absolute()


def explain_missing_spec(form: Format = ARRAYS) -> str:
    """What is said when there is no ``data.spec``."""
    return (
        "data.spec is not given; want data.spec=FILE, a YAML file that says what the arrays mean "
        f"(format: {form.text}), or the name of a shipped one: {', '.join(list_shipped(form))}"
    )


def read_spec(path: Path) -> Spec:
    """Read a specification of arrays.

    Raises:
        DataError: the file is missing or no YAML, or with everything wrong in it.
    """
    parsed = parse_spec(path, ARRAYS)
    image, problems = parsed.content.get("image", "image"), parsed.problems
    if not isinstance(image, str):
        problems.append(f"image={image!r}: want a text")
    arrays = {}
    for name, own in parsed.own.items():
        arrays[name] = own.get("array", name)
        if not isinstance(arrays[name], str):
            problems.append(f"tasks.{name}.array={arrays[name]!r}: want the name of an array")
    if problems:
        raise DataError([f"{path}: {problem}" for problem in problems])
    return Spec(image, parsed.tasks, arrays, parsed.default, parsed.source)


def parse_spec(path: Path, form: Format) -> Parsed:
    """Read what all specifications have in common.

    Raises:
        DataError: the file is missing or no YAML mapping; whatever else is wrong is among the problems.
    """
    content = _content(path, form)
    problems = [_unknown(key, form) for key in content if key not in form.keys]
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
    said = {key: value for key, value in options.items() if key in form.own}
    task = make_task(name, {key: value for key, value in options.items() if key not in form.own})
    if not task.target_from_image:
        return task, said
    if said:
        key, value = next(iter(said.items()))
        raise DataError(f"tasks.{name}.{key}={value}: the target of {task.kind} is the image; leave it out")
    return task, None


def _unknown(key: Any, form: Format) -> str:
    close = get_close_matches(str(key), form.keys, 1)
    meant = f"; did you mean {close[0]!r}?" if close else ""
    hint = f", and {key} is a kind of task: it belongs under tasks" if key in KINDS else meant
    return f"{key}: unknown key, a specification has {', '.join(form.keys)}{hint}"


def _content(path: Path, form: Format) -> Mapping[Any, Any]:
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), _Loader)  # a safe loader
    except FileNotFoundError as error:
        raise DataError(
            f"data.spec: no file {path}; want a YAML file that says what the arrays mean "
            f"(format: {form.text}), or the name of a shipped one: {', '.join(list_shipped(form))}"
        ) from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise DataError(f"{path}: cannot be read as YAML ({error}); {form.text} tells the format") from error
    if not isinstance(content, Mapping):
        raise DataError(
            f"{path}: a {type(content).__name__} where a mapping with the keys {', '.join(form.keys)} is wanted; "
            f"{form.text} tells the format"
        )
    return content


class _Loader(yaml.SafeLoader):
    """Safe YAML that reads 1e-3 as a number (YAML 1.1 wants 1.0e-3) and refuses a key given twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        for key in keys:
            if keys.count(key) > 1:
                problem = f"key {key!r} is given twice"
                raise yaml.constructor.ConstructorError(None, None, problem, node.start_mark)
        return super().construct_mapping(node, deep)


_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)[eE][-+]?\d+"), list("-+.0123456789")
)
