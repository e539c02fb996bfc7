r"""What the files of a data set mean: a small YAML file, so that anybody's images and masks train without code.

::

    source: where such data comes from         # optional text, shown when the folder or a list is missing
    image: "{split}/image/{id}.jpg"            # the images; or a list of patterns, the first that exists counts
    splits: {train: training, test: [val_a, val_b]}   # our splits, and what {split} stands for in each
    default: [parts, depth]                    # optional: what trains when data.tasks is not given; else all
    tasks:
      parts:                                   # the task's name, as it stands in results
        files: "{split}/label/{id}.png"        # the targets: png, jpg, npy or mat, each of the size of its image
        kind: segmentation
        classes: 13
        map: [11, 4, 5, -1]                    # optional: class of each stored id from 0; or {7: 0, 8: 1}
        invalid: -1                            # ids that mark unlabelled pixels, after map
      depth:
        files: "{split}/depth/{id}.png"
        kind: depth
        scale: 0.001                           # metres a stored unit
        valid: [1, 60000]                      # optional: stored values beyond are invalid, and need no class in map
      normals:
        files: "{split}/normals/{id}.npy"
        kind: normals
        layout: first                          # optional: (3, H, W); else found out; also written channels: first
      flow:
        files: "{split}/flow/{id}.npy"
        kind: regression
        channels: 2                            # a number is the kind's option: values a pixel
      again:
        kind: autoencoder                      # its target is the image, it has no files

``{id}`` is whatever the images have there, folders included. Instead of looking for images, ``lists:
"sets/{split}.txt"`` names the samples, a line each; further columns of a list are ``{1}``, ``{2}`` ..., and a .json
file holds a list of rows, or a mapping from names of splits to such lists. Without ``splits``, the names are train, val
and test where ``{split}`` is used; otherwise all samples are training ones. ``splits: FILE.csv`` reads a table with the
columns id, train, val and test.

No image may be in two splits, and no file under two names in one; copies in one split are told. A set with no
validation or test split gets them from its training samples: ``held_out: 0.1`` of these each, drawn once for ever by
their names. So a set that publishes train and val should say ``splits: {train: train, test: val}``, for a search must
never look at what its results are told on. Samples that belong together, frames of one film say, are not known as such:
give such a set splits of its own.

Images are turned as their EXIF notes say; ``image: {files: "{split}/image/{id}.jpg", orientation: stored}`` leaves them
as they lie in their files, for targets that were made so. A list that is a table with a column ``split`` (set, subset,
partition, fold), or CVAT's annotations.xml with subsets, has the samples of all splits, by the names under ``splits``.

Further keys: ``array`` names the variable of a .mat file, ``read: package.module.function`` reads a format of its own
from a path; the ``VERSION`` which that module declares, else its source, counts as part of the data. A reader with
further parameters ``table``, ``names`` and ``array`` gets the path of a file on many samples, which the key ``table``
says, the names of the classes or attributes, and what ``array`` says. Shipped are coco_classes, labelme_classes,
cvat_classes, cvat_colours, table_columns and table_class (``trainers/data/exports``). In tables, empty cells, NA, -1
and the like are not known, unless ``classes`` has one by name; -1 is no in a table none of whose columns of yes and
no says 0 or no. ``search.check`` tells which. Points and lines in drawings are left out, crowds and bare boxes are
not known. Every other key of a task is an option of its kind, see ``trainers/tasks/<kind>.py``. ``specs/folder/`` has
examples, called by their bare name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from spaces.errors import DataError
from trainers.data.specs.bounds import check_mark
from trainers.data.specs.files import Files, find_versions, parse_files
from trainers.data.specs.parsing import COMMON, SHIPPED, Format, parse_spec
from trainers.data.specs.reader_names import READERS
from trainers.data.splits.arrays import SPLITS
from trainers.tasks import Task
from trainers.tasks.valid_values import is_number

OWN = ("files", "array", "read", "table", "layout", "channels", "map", "valid")
TOP = (*COMMON, "splits", "lists", "held_out")
FILES = Format("trainers/data/specs/folder_spec.py", SHIPPED / "folder", TOP, OWN, shared=("channels",))
MOST_HELD_OUT = 0.4  # of two splits, so that training has more than either: our choice


@dataclass(frozen=True)
class FolderSpec:
    """A specification of files, read.

    Args:
        image: of the images.
        tasks: by name, in the order of the file.
        files: of each task; tasks that reconstruct the image have none.
        default: names of the tasks that train when nothing is said.
        splits: names for ``{split}`` by our split; those not there are carved; or the path of a table.
        lists: pattern of the list files, or None to look for images.
        held_out: share of the training samples for each split that is carved.
        source: where such data comes from, or "".
        assumed: whether nobody said which splits there are.
    """

    image: Files
    tasks: dict[str, Task]
    files: dict[str, Files]
    default: tuple[str, ...]
    splits: dict[str, tuple[str, ...]] | str
    lists: str | None
    held_out: float
    source: str
    assumed: bool = False

    @property
    def patterns(self) -> list[str]:
        """Of all files, images and targets."""
        return [pattern for each in (self.image, *self.files.values()) for pattern in each.patterns]

    @property
    def plain(self) -> list[Any]:
        """All that decides what is read, in values of JSON; of readers of one's own, their modules' sources."""
        tasks = {
            name: [self.files[name].plain if name in self.files else None, repr(t)] for name, t in self.tasks.items()
        }
        readers = sorted({each.read for each in (self.image, *self.files.values()) if each.read})
        sources = {READERS.mark(read): find_versions(read) for read in readers}
        return [self.image.plain, self.splits, self.lists, self.held_out, tasks, sources]


def read_folder_spec(path: Path) -> FolderSpec:
    """Read a specification of files.

    Raises:
        DataError: the file is missing or no YAML, or with everything wrong in it.
    """
    parsed = parse_spec(path, FILES)
    content, problems = parsed.content, parsed.problems
    lists, held_out = content.get("lists"), content.get("held_out", 0.1)
    if lists is not None and not (isinstance(lists, str) and lists):
        problems.append(f"lists={lists!r}: want the path of list files inside the root, such as sets/{{split}}.txt")
        lists = None
    if not is_number(held_out) or not 0 < held_out <= MOST_HELD_OUT:
        problems.append(f"held_out={held_out!r}: want a number > 0 and <= {MOST_HELD_OUT}")
    image = content.get("image")
    said = dict(image) if isinstance(image, Mapping) else {"files": image}
    allowed = ("files", "array", "read", "layout", "channels", "orientation")
    problems += [f"image.{key}: unknown, want among {', '.join(allowed)}" for key in said if key not in allowed]
    images = parse_files("image", said, lists is not None, problems)
    files = {
        name: replace(parse_files(f"tasks.{name}", own, lists is not None, problems), names=_names(parsed.tasks[name]))
        for name, own in parsed.own.items()
    }
    for name, where in files.items():
        if where.valid is not None:
            check_mark(name, parsed.tasks[name], problems)
    whole = any("{split}" in pattern for pattern in (*images.patterns, lists or ""))
    splits = _splits(content.get("splits"), whole or bool(lists and lists.endswith(".json")), problems)
    if problems:
        raise DataError([f"{path}: {problem}" for problem in problems])
    share, assumed = float(held_out), content.get("splits") is None
    return FolderSpec(images, parsed.tasks, files, parsed.default, splits, lists, share, parsed.source, assumed)


def _names(task: Task) -> tuple[str, ...]:
    """Of a task's classes or attributes, where they have some."""
    said = getattr(task, "classes", None) or getattr(task, "attributes", None)
    return tuple(map(str, said)) if isinstance(said, tuple) else ()


def _splits(given: Any, named: bool, problems: list[str]) -> dict[str, tuple[str, ...]] | str:
    """What ``{split}`` stands for in each of our splits."""
    if given is None:
        return {split: (split,) for split in SPLITS} if named else {"train": ("",)}
    if isinstance(given, str) and given.endswith(".csv"):
        return given
    want = (
        "want a mapping such as {train: train, test: val} with train, val and test as keys, or the path of a .csv table"
    )
    if not isinstance(given, Mapping) or "train" not in given or set(given) - set(SPLITS):
        problems.append(f"splits={given!r}: {want}")
        return {}
    names = {split: (name,) if isinstance(name, str) else name for split, name in given.items()}
    everything = [str(name) for values in names.values() if isinstance(values, Sequence) for name in values]
    if not all(
        isinstance(values, Sequence) and values and all(isinstance(n, str) for n in values) for values in names.values()
    ):
        problems.append(f"splits={given!r}: want a name, or a list of names, in each")
    elif len(set(everything)) < len(everything):
        problems.append(f"splits={given!r}: a name in two splits, so that images would be trained and tested on")
    return {split: tuple(names[split]) for split in SPLITS if split in names}
