"""Task kinds, one a file, and the way from a specification to a task."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields
from typing import Any

from spaces.common.permissions import import_allowed
from spaces.common.suggestions import suggest
from spaces.errors import ConfigError
from trainers.tasks.attributes import Attributes
from trainers.tasks.autoencoder import Autoencoder
from trainers.tasks.classification import Classification
from trainers.tasks.depth import Depth
from trainers.tasks.edges import Edges
from trainers.tasks.metric import Metric
from trainers.tasks.normals import Normals
from trainers.tasks.regression import Regression
from trainers.tasks.saliency import Saliency
from trainers.tasks.segmentation import Segmentation
from trainers.tasks.task import AUXILIARY, MAIN, Task

__all__ = ["AUXILIARY", "KINDS", "MAIN", "Metric", "Task", "make_task"]

KINDS: dict[str, type[Task]] = {
    kind.kind: kind
    for kind in (Segmentation, Depth, Normals, Edges, Regression, Autoencoder, Saliency, Classification, Attributes)
}


def make_task(name: str, spec: Mapping[str, Any]) -> Task:
    """Make a task from its specification.

    Args:
        name: the task's.
        spec: "kind", one of KINDS or the dotted path of a Task class of one's own; the rest are fields of the
            kind.

    Raises:
        ConfigError: kind or field unknown, a field missing, or a value not allowed; all problems of the task.
    """
    if not isinstance(spec, Mapping):
        raise ConfigError(f"tasks.{name}={spec!r}: want a mapping such as {{kind: depth, scale: 0.001}}")
    given = dict(spec)
    kind = _kind(name, given.pop("kind", None))
    options = {option.name: option for option in fields(kind) if option.init and option.name != "name"}
    problems = [_unknown(name, kind, field, list(options)) for field in given if field not in options]
    missing = [
        field
        for field, option in options.items()
        if option.default is MISSING and option.default_factory is MISSING and field not in given
    ]
    problems += [f"tasks.{name}.{field}: missing, kind {kind.kind!r} needs it" for field in missing]
    if not missing:
        try:
            task = kind(name, **{field: value for field, value in given.items() if field in options})
        except ConfigError as error:
            problems += error.problems
    if problems:
        raise ConfigError(problems)
    return task


def _kind(name: str, kind: Any) -> type[Task]:
    if isinstance(kind, str) and kind in KINDS:
        return KINDS[kind]
    if isinstance(kind, str) and "." in kind:
        return _own_kind(name, kind)
    given = "missing" if kind is None else repr(kind)
    raise ConfigError(
        f"tasks.{name}.kind: {given}, want one of {', '.join(KINDS)}, "
        "or the dotted path of a Task class of your own, such as my_package.my_module.MyTask"
    )


def _own_kind(name: str, path: str) -> type[Task]:
    shipped = {f"{kind.__module__}.{kind.__qualname__}": kind for kind in KINDS.values()}
    found = shipped.get(path) or import_allowed(path, f"tasks.{name}.kind={path}")
    if not (isinstance(found, type) and issubclass(found, Task)):
        raise ConfigError(f"tasks.{name}.kind: {path!r} is not a subclass of trainers.tasks.Task; derive it from it")
    lacking = sorted(found.__abstractmethods__) + [a for a in ("kind", "headline") if not hasattr(found, a)]
    if lacking:
        raise ConfigError(f"tasks.{name}.kind: {path!r} lacks {', '.join(lacking)}; see trainers/tasks/task.py")
    return found


def _unknown(name: str, kind: type[Task], field: str, allowed: list[str]) -> str:
    meant = suggest(str(field), allowed).removesuffix(".")
    return f"tasks.{name}.{field}: unknown, kind {kind.kind!r} has {', '.join(allowed)}{meant}"
