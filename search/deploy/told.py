"""What an exported file tells of itself: tasks, sizes, pattern, numbers, versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from search.deploy.checked import check_beside, check_classes, check_parts, check_told
from spaces.common.atomic_files import strict
from spaces.errors import DataError
from trainers.tasks import KINDS, Task, make_task

if TYPE_CHECKING:
    from search.jobs.trial import Trial

VERSION = 1
"""Of what is told; a file of another one is refused."""
PACKAGES = ("automl-sharing-search", "torch", "onnx", "onnxscript", "onnxruntime", "openvino")


def tell_program(
    run: str,
    space: str,
    trial: Trial,
    tasks: Sequence[tuple[Task, Mapping[str, Any]]],
    size: tuple[int, int],
    stride: int,
) -> dict[str, Any]:
    """What goes into the file, as JSON has it.

    Args:
        run: name of the search.
        space: name of its space.
        trial: whose network it is; the final training's, where it had one.
        tasks: in the order of the outputs, each with its specification.
        size: (height, width) of the images it takes.
        stride: of the network, to multiples of which the graph pads them.
    """
    return strict(
        {
            "version": VERSION,
            "run": run,
            "space": space,
            "trial": trial.number,
            "input": {"name": "image", "layout": "batch, height, width, RGB", "type": "uint8", "size": list(size)},
            "stride": stride,
            "outputs": [task.name for task, _ in tasks],  # in the order of the graph, where it has no names
            "tasks": {task.name: tell_task(task, spec) for task, spec in tasks},
            "pattern": trial.pattern.to_json(),
            "key": trial.network_key,
            "macs": trial.macs,
            "params": trial.params,
            "metrics": dict(trial.metrics),
            "metrics are": "of the search, on its validation split",
            "packages": _list_versions(),
        }
    )


def tell_task(task: Task, spec: Mapping[str, Any]) -> dict[str, Any]:
    """What there is to know of a task's output, of its specification."""
    fields = {name: value for name, value in spec.items() if name not in ("_target_", "name")}
    classes = getattr(task, "classes", None)
    return {
        "kind": task.kind,
        "fields": fields,
        "unit": {metric.name: metric.unit for metric in task.table}[task.headline],
        "gives": "probabilities of classes, the last axis" if classes else "the answer in the task's unit",
        "classes": list(classes) if isinstance(classes, (tuple, list)) else classes,
        "first_class": getattr(task, "first_class", None),
    }


def read_tasks(told: Mapping[str, Any], path: Path) -> tuple[Task, ...]:
    """The tasks of a file, in the order of its outputs.

    Raises:
        DataError: of another version, kinds of somebody's own, or parts are missing or do not agree.
    """
    check_parts(told, path)
    if told["version"] != VERSION:
        raise DataError(
            f"{path} is of export version {repr(told['version'])[:40]}, and this code reads {VERSION}; export the "
            "trial again with python -m search.export, or predict with the code that wrote it"
        )
    check_told(told, path)
    own = [name for name, each in told["tasks"].items() if each["kind"] not in KINDS]
    if own:
        raise DataError(
            f"{path} answers {', '.join(own)}, of a kind of your own, which no picture is known for; run it with "
            "onnxruntime or torch itself: its outputs are named by task"
        )
    tasks = tuple(make_task(name, {"kind": each["kind"], **each["fields"]}) for name, each in told["tasks"].items())
    check_classes(tasks, told, path)
    check_beside(told, path)
    return tasks


def _list_versions() -> dict[str, str]:
    found = {}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
