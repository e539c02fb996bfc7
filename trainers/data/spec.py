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
and the arrays that go with it; those in ``specs/`` are shipped and called by their bare name.
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
from trainers.tasks import KINDS, Task, make

SHIPPED = Path(__file__).parent / "specs"
KEYS = ("source", "image", "default", "tasks")


@dataclass(frozen=True)
class Spec:
    """A specification, read.

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


def shipped() -> list[str]:
    """Names of the specifications that come with the package."""
    return sorted(path.stem for path in SHIPPED.glob("*.yaml"))


def locate(spec: str) -> Path:
    """The file that ``data.spec`` means: a bare name is a shipped one, anything else a path."""
    path = Path(spec).expanduser()
    return SHIPPED / f"{spec}.yaml" if path.name == spec and not path.suffix else path.absolute()


def read_spec(path: Path) -> Spec:
    """Read a specification.

    Raises:
        DataError: the file is missing or no YAML, or with everything wrong in it.
    """
    content = _content(path)
    problems = [_unknown(key) for key in content if key not in KEYS]
    for key, kind in (("source", str), ("image", str)):
        if not isinstance(content.get(key, ""), kind):
            problems.append(f"{key}={content[key]!r}: want a text")
    tasks, arrays = {}, {}
    described = content.get("tasks")
    if not isinstance(described, Mapping) or not described:
        problems.append(f"tasks={described!r}: want a mapping from names of tasks to their kinds and options")
        described = {}
    for name, options in described.items():
        try:
            tasks[name], array = _task(name, options)
        except UserError as error:
            problems += error.problems
            continue
        if array is not None:
            arrays[name] = array
    known = list(described)  # a list finds what cannot be hashed, too
    default = content.get("default", known)
    if not isinstance(default, list) or any(name not in known or default.count(name) > 1 for name in default):
        problems.append(f"default={default!r}: want a list of distinct names among {', '.join(map(str, known))}")
    if problems:
        raise DataError([f"{path}: {problem}" for problem in problems])
    source = content.get("source", "").strip()
    return Spec(content.get("image", "image"), tasks, arrays, tuple(default), source)


def _task(name: Any, options: Any) -> tuple[Task, str | None]:
    """A task and the name of its array."""
    if not isinstance(options, Mapping):
        return make(name, options), None  # refuses it
    rest = dict(options)
    array = rest.pop("array", None)
    task = make(name, rest)
    if array is not None and not isinstance(array, str):
        raise DataError(f"tasks.{name}.array={array!r}: want the name of an array")
    if task.target_from_image:
        if array is not None:
            raise DataError(f"tasks.{name}.array={array}: the target of {task.kind} is the image; leave it out")
        return task, None
    return task, array or name


def _unknown(key: Any) -> str:
    close = get_close_matches(str(key), KEYS, 1)
    meant = f"; did you mean {close[0]!r}?" if close else ""
    hint = f", and {key} is a kind of task: it belongs under tasks" if key in KINDS else meant
    return f"{key}: unknown key, a specification has {', '.join(KEYS)}{hint}"


def _content(path: Path) -> Mapping[Any, Any]:
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), _Loader)  # a safe loader
    except FileNotFoundError as error:
        raise DataError(
            f"data.spec: no file {path}; want a YAML file that says what the arrays mean "
            f"(format: trainers/data/spec.py), or the name of a shipped one: {', '.join(shipped())}"
        ) from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise DataError(f"{path}: cannot be read as YAML ({error}); trainers/data/spec.py tells the format") from error
    if not isinstance(content, Mapping):
        raise DataError(
            f"{path}: a {type(content).__name__} where a mapping with the keys {', '.join(KEYS)} is wanted; "
            "trainers/data/spec.py tells the format"
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
