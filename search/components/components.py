"""Turns the ``_target_`` mappings of the configuration into components, and components back into mappings.

A component is what its name (`search.components.component_names`) or dotted path says, as a rule a frozen dataclass
whose fields are its options.
"""

from __future__ import annotations

import dataclasses
import importlib
import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from inspect import Parameter
from pathlib import Path
from typing import Any

from search.components.component_names import COMPONENTS, TARGET, name_all
from search.components.groups import Groups
from spaces.common.suggestions import suggest
from spaces.errors import ConfigError, UserError

NOT_GIVEN = "???"  # Hydra's mark for a value that has to be given


def build_component(spec: Any, where: str, given: Mapping[str, Any] | None = None) -> Any:
    """Builds the component that a mapping names, nested ones first.

    Args:
        spec: mapping with ``_target_`` and the options.
        where: dotted key of the mapping, for messages.
        given: options that are not the user's to set; those the target has no room for are left out.

    Returns:
        The component.

    Raises:
        ConfigError: with everything wrong: a target that is not there, unknown and missing options, and what
            the component itself refuses.
    """
    if not isinstance(spec, Mapping) or not isinstance(spec.get(TARGET), str):
        raise ConfigError(f"{where}={spec}: want a mapping with {TARGET}: package.module.Class and the options of it")
    target = locate_component(spec[TARGET], where)
    room = inspect.signature(target).parameters
    own = {name: value for name, value in (given or {}).items() if name in room}
    problems = _unfit(spec, where, room, own)
    options: dict[str, Any] = {}
    for name, value in spec.items():
        if name == TARGET or name in own:
            continue
        try:
            options[str(name)] = _nested(value, f"{where}.{name}")
        except UserError as error:
            problems.extend(error.problems)
    if problems:
        raise ConfigError(problems)
    try:
        return target(**options, **own)
    except UserError as error:
        raise ConfigError(error.problems) from error
    except (TypeError, ValueError, RuntimeError) as error:  # the last one: ~name in a path, of nobody
        raise ConfigError(f"{where}: {spec[TARGET]} refuses its options: {error}") from error


def describe_component(value: Any, spec: Any = None) -> Any:
    """The plain value (mappings, lists, numbers, texts) that builds an equal component, today and in later versions.

    Args:
        value: a component or an option of one.
        spec: the mapping it was built from; it stands for a component that is not a dataclass.
    """
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        path = spec[TARGET] if spec else f"{type(value).__module__}.{type(value).__qualname__}"
        options = {f.name: describe_component(getattr(value, f.name)) for f in dataclasses.fields(value) if f.init}
        return {TARGET: COMPONENTS.name(path), **options}
    if spec is not None:
        return name_all(dict(spec))
    if isinstance(value, Mapping):
        return {str(name): describe_component(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [describe_component(item) for item in value]
    if isinstance(value, Path):
        return str(value)
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    return repr(value)


def locate_component(named: str, where: str) -> Callable[..., Any]:
    """The class or function that a name, or a dotted path of any version, stands for.

    Args:
        named: as configurations have it under ``_target_``.
        where: dotted key of the component, for messages.

    Raises:
        ConfigError: there is none.
    """
    path = COMPONENTS.locate(named)
    module_path, _, name = path.rpartition(".")
    hint = f"{where}.{TARGET}={path}"
    if not module_path:
        raise ConfigError(f"{hint}: want a dotted path such as package.module.Class")
    try:
        module = importlib.import_module(module_path)
    except ImportError as error:
        raise ConfigError(
            f"{hint}: module {module_path} cannot be imported ({error}); "
            "check the spelling, and run from the folder that holds the package or install it"
        ) from error
    found = getattr(module, name, None)
    if not callable(found):
        own = [item for item in vars(module).values() if getattr(item, "__module__", "") == module_path]
        classes = [item.__name__ for item in own if inspect.isclass(item)]
        raise ConfigError(
            f"{hint}: {module_path} has no class {name}{suggest(name, classes)} "
            f"It has: {', '.join(sorted(classes)) or 'none'}"
        )
    return found


def _unfit(spec: Mapping[str, Any], where: str, room: Mapping[str, Parameter], own: Mapping[str, Any]) -> list[str]:
    """Options that the target does not know, misses, or that are set for it."""
    parameters = room.values()
    if any(p.kind is p.VAR_KEYWORD for p in parameters):
        return []
    allowed = [p.name for p in parameters if p.name not in own]
    required = [p.name for p in parameters if p.default is p.empty and p.name not in own]
    missing = [n for n in allowed if spec.get(n) == NOT_GIVEN or (n in required and n not in spec)]
    shown = ", ".join(f"{where}.{name}" for name in allowed) or f"none, {spec[TARGET]} has no options"
    problems = []
    for name, value in spec.items():
        if name in own and value != own[name]:
            problems.append(f"{where}.{name}={value}: the network sets it ({own[name]}); leave it out")
        elif name != TARGET and name not in own and name not in allowed:
            meant = suggest(str(name), allowed)
            problems.append(
                f"{where}.{name}={value}: unknown key{meant} Allowed keys: {shown}{_elsewhere(where, name)}"
            )
    return problems + [f"{where}.{name}: missing; give {where}.{name}=VALUE" for name in missing]


def _elsewhere(group: str, name: Any) -> str:
    """Which shipped choices of a group have an option."""
    groups = Groups()
    others = [
        choice for choice in groups.choices(group) if f"{group}.{name}" in {k.name for k in groups.keys(group, choice)}
    ]
    return f"; {group}={' and '.join(others)} {'has' if len(others) == 1 else 'have'} it" if others else ""


def _built_inside(spec: Mapping[str, Any], where: str) -> Any:
    """A component that is an option of another; it does not know where it stands, so its complaints are told."""
    try:
        return build_component(spec, where)
    except ConfigError as error:
        told = [text if text.startswith(where) else f"{where}: {text}" for text in error.problems]
        raise ConfigError(told) from error


def _nested(value: Any, where: str) -> Any:
    """Options with the components inside them built."""
    if isinstance(value, Mapping):
        if TARGET in value:
            return _built_inside(value, where)
        return dict(zip(value, _build_all(value.values(), value, where), strict=True))
    if isinstance(value, Sequence) and not isinstance(value, str):
        return _build_all(value, range(len(value)), where)
    return value


def _build_all(values: Iterable[Any], names: Iterable[Any], where: str) -> list[Any]:
    """Values of a list or a mapping built; what is wrong with any of them is told of all."""
    built: list[Any] = []
    problems: list[str] = []
    for name, value in zip(names, values, strict=True):
        try:
            built.append(_nested(value, f"{where}.{name}"))
        except UserError as error:
            problems.extend(error.problems)
    if problems:
        raise ConfigError(problems)
    return built
