"""A sharing pattern in one line of words, for tables and progress."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields
from itertools import groupby
from typing import Any

from spaces.pattern.exchange import Exchange, Necks, NoExchange, Workspace
from spaces.pattern.mixing import Gated, Routed
from spaces.pattern.sharing_pattern import SharingPattern
from spaces.pattern.stage import SHARED, Partition, Stage


def describe_in_line(pattern: SharingPattern) -> str:
    """Who shares the decoder blocks, encoder end first, such as ``2 x all > 1 x depth+normals | edges``.

    "all" is one block for all tasks, "apart" one block a task; runs of equal stages are counted. The encoder
    is named only where it is not shared by all, or routed or gated; options only where they are not the usual ones.
    Exchanges are named by their scale, from 1.
    """
    decoder = _describe_stages(pattern.decoder)
    parts = []
    if any(len(stage.groups) > 1 or stage.mixing != SHARED for stage in pattern.encoder):
        parts.append(f"encoder: {_describe_stages(pattern.encoder)}")
    parts += _describe_exchanges(pattern)
    return "; ".join([*parts, f"decoder: {decoder}"]) if parts else decoder


def _describe_stages(stages: Sequence[Stage]) -> str:
    runs = [(told, len(list(run))) for told, run in groupby(map(_describe_stage, stages))]
    # Mostly one set of options for all routed stages, which is said once, with the last of them.
    options = {_describe_options(each, Routed(each.ratio), ("ratio",)) for each in _list_routed(stages)}
    once = options.pop() if len(options) == 1 else ""
    last = max((number for number, (told, _) in enumerate(runs) if once in told), default=0)
    shown = [told if number == last else told.replace(once, "") for number, (told, _) in enumerate(runs)]
    return " > ".join(f"{length} x {told}" for told, (_, length) in zip(shown, runs, strict=True))


def _list_routed(stages: Sequence[Stage]) -> list[Routed]:
    return [stage.mixing for stage in stages if isinstance(stage.mixing, Routed)]


def _describe_stage(stage: Stage) -> str:
    mixing, groups = stage.mixing, _describe_partition(stage.groups)
    if isinstance(mixing, Routed):
        told = f"routed {100 * mixing.ratio:g} %{_describe_options(mixing, Routed(mixing.ratio), ('ratio',))}"
    elif isinstance(mixing, Gated):
        rates = dict(mixing.rates)
        shown = [f"{task} {100 * rate:g} %" for task, rate in rates.items()]
        told = "gated " + (shown[0].split(" ", 1)[1] if len(set(rates.values())) == 1 else ", ".join(shown))
    else:
        return groups
    return told if len(stage.groups) == 1 else f"{told} in {groups}"


def _describe_exchanges(pattern: SharingPattern) -> list[str]:
    """Equal workspaces or necks with the scales where they are."""
    places: dict[Exchange, list[str]] = {}
    for scale, exchange in enumerate(pattern.exchange, start=1):
        if not isinstance(exchange, NoExchange):
            places.setdefault(exchange, []).append(str(scale))
    return [_describe_exchange(each, ", ".join(scales)) for each, scales in places.items()]


def _describe_exchange(each: Exchange, scales: str) -> str:
    if isinstance(each, Workspace):
        return f"exchange at {scales} by {each.slots} slots{_describe_options(each, Workspace(), ('slots',))}"
    return f"own necks at {scales}{_describe_options(each, Necks(), ())}"


def _describe_options(value: Any, usual: Any, told: Sequence[str]) -> str:
    """What differs from the usual, in brackets."""
    shown = []
    for field in fields(value):
        option = getattr(value, field.name)
        if field.name in told or option == getattr(usual, field.name):
            continue
        if isinstance(option, tuple):
            shown.append("+".join(option) or f"no {field.name}")
        else:
            shown.append(f"{field.name} {option:g}" if isinstance(option, (int, float)) else f"{field.name} {option}")
    return f" ({', '.join(shown)})" if shown else ""


def _describe_partition(groups: Partition) -> str:
    if len(groups) == 1:
        return "all"
    if all(len(group) == 1 for group in groups):
        return "apart"
    return _join_groups(groups)


def _join_groups(groups: Iterable[Sequence[str]]) -> str:
    return " | ".join("+".join(group) for group in groups)
