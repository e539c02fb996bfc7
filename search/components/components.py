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
from spaces.common.permissions import import_allowed
from spaces.common.suggestions import suggest
from spaces.errors import ConfigError, UserError

OWN = ("search", "spaces", "trainers", "experiments")  # packages of this project
MEMBERS: Mapping[str, tuple[str, ...]] = {
    "space": ("sample", "anchors", "name"),
    "data": ("name", "selected", "size", "check", "load", "fingerprint"),
    "network": ("encoder_stages", "decoder_stages", "encoder_block", "decoder_block", "head"),
    "trainer": ("epochs", "batch_size", "optimiser"),
    "sampler": ("propose",),
    "scheduler": ("rungs", "share", "promoted"),
    "runner": ("run",),
    "tracking": ("check", "tracker"),
}
"""What is asked of every component of a group."""
CALLED = (
    *("sample", "anchors", "check", "load", "encoder_block", "decoder_block", "head", "optimiser"),
    *("propose", "promoted", "run", "tracker"),
)
"""Methods among them, which a class has before it is made."""
PARTS: Mapping[str, tuple[str, ...]] = {
    "data.loading": ("data/loading",),
    "trainer.augment": ("augment",),
    "trainer.gates": ("trainer/gating",),
    "trainer.weighting": ("weighting",),
}
"""Beginnings of the names of shipped components that stand inside others, by their key."""
_NOTHING = object()
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
    if inspect.isclass(target):  # what a function makes is known afterwards alone
        asked = [name for name in MEMBERS.get(where, ()) if name in CALLED]
        _expect(target, asked, spec[TARGET], where)
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
        made = target(**options, **own)
        _expect(made, MEMBERS.get(where, ()), spec[TARGET], where)
        return made
    except UserError as error:
        raise ConfigError(error.problems) from error
    except (TypeError, ValueError, RuntimeError) as error:  # the last one: ~name in a path, of nobody
        raise ConfigError(f"{where}: {spec[TARGET]} refuses its options: {error}") from error


def _expect(found: Any, asked: Sequence[str], named: str, where: str) -> None:
    """Refuse a component, or its class, that lacks what its group is asked for; of other places any will do.

    Raises:
        ConfigError: it does.
    """
    # Statically, for what a data set answers may take looking at its files.
    lacking = [name for name in asked if inspect.getattr_static(found, name, _NOTHING) is _NOTHING]
    if lacking:
        raise ConfigError(f"{where}.{TARGET}={named}: is no {where}, for it lacks {', '.join(lacking)}")


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
    """The class or function that a name, or a dotted path of any version, stands for, if its code may run.

    Args:
        named: as configurations have it under ``_target_``.
        where: dotted key of the component, for messages.

    Raises:
        ConfigError: there is none, it is none for this place, or nobody has allowed its package.
    """
    name, path = COMPONENTS.name(named), COMPONENTS.locate(named)
    hint = f"{where}.{TARGET}={named}"
    if name not in COMPONENTS.paths:
        refuse_own_paths(path, hint)
        return import_allowed(path, hint)
    kinds = list_kinds(where)
    if kinds and not any(name == kind or name.startswith(f"{kind}/") for kind in kinds):
        raise ConfigError(f"{hint}: is no {kinds[0].partition('/')[2] or kinds[0]}; want {_offer(kinds)}")
    module, _, attribute = path.rpartition(".")
    found: Callable[..., Any] = getattr(importlib.import_module(module), attribute)
    return found


def refuse_own_paths(path: str, hint: str) -> None:
    """Refuse what lies in this project and is no component: its functions write files and start processes.

    Raises:
        ConfigError: it is such.
    """
    own = [each for paths in COMPONENTS.paths.values() for each in paths]
    if path.partition(".")[0] in OWN:
        near = [each for each in own if each.rpartition(".")[0] == path.rpartition(".")[0]]
        shown = f" Components there: {', '.join(near)}" if near else ""
        raise ConfigError(f"{hint}: is no component of this project{suggest(path, own)}{shown}")


def list_kinds(where: str) -> tuple[str, ...]:
    """Beginnings of shipped names that are of use at a dotted key; none inside components of one's own: any will do.

    >>> list_kinds("trainer.augment.0"), list_kinds("space"), list_kinds("trainer.gates")
    (('augment',), ('space',), ('trainer/gating',))
    """
    words = [word for word in where.split(".") if not word.isdecimal()]
    if len(words) == 1:
        return ("task",) if words == ["tasks"] else (words[0],) if words[0] in MEMBERS else ()
    return PARTS.get(".".join(words), ())


def _offer(kinds: Sequence[str]) -> str:
    return ", ".join(name for name in COMPONENTS.paths if any(name == k or name.startswith(f"{k}/") for k in kinds))


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
