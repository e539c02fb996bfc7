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
        valid: [1, 60000]                  # stored values that count; others are invalid
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

Every key of a task but ``array``, ``map`` and ``valid`` is an option of its kind, see the class in
``trainers/tasks/<kind>.py``; ``map: {0: 0, 127: 1, 254: 2}``, or a list from id 0, gives each stored id its class,
after ``valid`` and before ``invalid``. ``kind`` may also be the dotted path of a task class of one's own. Targets are
(N, H, W) or (N, H, W, C), in the order and of the size of the images; those of whole images are (N,) or (N, C).
``npz`` reads a specification and the arrays that go with it; those in ``specs/`` are shipped and called by their bare
name. Files of many samples: ``trainers.data.specs.folder_spec``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from spaces.errors import DataError
from trainers.data.specs.bounds import check_mark, parse_bounds
from trainers.data.specs.mapping import Reading, parse_map
from trainers.data.specs.parsing import COMMON, SHIPPED, Format, parse_spec
from trainers.tasks import Task

ARRAYS = Format("trainers/data/specs/spec.py", SHIPPED, COMMON, ("array", "map", "valid"))


@dataclass(frozen=True)
class Spec:
    """A specification of arrays, read.

    Args:
        image: name of the array of images.
        tasks: by name, in the order of the file.
        arrays: name of the array of each task; tasks that reconstruct the image have none.
        default: names of the tasks that train when nothing is said.
        source: where such data comes from, or "".
        readings: the class of each stored id, and which stored values count, of tasks where these are said.
    """

    image: str
    tasks: dict[str, Task]
    arrays: dict[str, str]
    default: tuple[str, ...]
    source: str = ""
    readings: Mapping[str, Reading] = field(default_factory=dict)

    def reading(self, task: str) -> Reading:
        """What is said of the stored values of a task."""
        return self.readings.get(task, Reading())


def read_spec(path: Path) -> Spec:
    """Read a specification of arrays.

    Raises:
        DataError: the file is missing or no YAML, or with everything wrong in it.
    """
    parsed = parse_spec(path, ARRAYS)
    image, problems = parsed.content.get("image", "image"), parsed.problems
    if not isinstance(image, str):
        problems.append(f"image={image!r}: want a text")
    arrays, readings = {}, {}
    for name, own in parsed.own.items():
        arrays[name] = own.get("array", name)
        if not isinstance(arrays[name], str):
            problems.append(f"tasks.{name}.array={arrays[name]!r}: want the name of an array")
        where = f"tasks.{name}"
        bounds, table = parse_bounds(where, own.get("valid"), problems), parse_map(where, own.get("map"), problems)
        if bounds:
            check_mark(name, parsed.tasks[name], problems)
        if bounds or table:
            readings[name] = Reading(table, bounds)
    if problems:
        raise DataError([f"{path}: {problem}" for problem in problems])
    return Spec(image, parsed.tasks, arrays, parsed.default, parsed.source, readings)
