"""Captions of a drawing: options of routed and gated stages and of workspaces, in sentences."""

from __future__ import annotations

from collections.abc import Hashable, Iterable

from spaces.pattern.exchange import Necks, Workspace
from spaces.pattern.mixing import Gated, Routed
from spaces.pattern.sharing_pattern import SharingPattern


def write_captions(pattern: SharingPattern) -> list[str]:
    """One line for all stages or scales that are alike; none for a pattern of shared blocks.

    >>> from spaces.pattern.mixing import Gated
    >>> from spaces.pattern.exchange import NoExchange
    >>> from spaces.pattern.stage import Stage
    >>> gated = Stage((("a", "b"),), Gated((("a", 0.25), ("b", 0.5))))
    >>> write_captions(SharingPattern((gated, gated), (NoExchange(), NoExchange()), (Stage((("a", "b"),)),)))
    ['encoder 1, 2: gated; target rates a 25 %, b 50 %']
    """
    lines = []
    for places, mixing in _group_places(stage.mixing for stage in pattern.encoder):
        if isinstance(mixing, Routed):
            lines.append(f"encoder {places}: {_describe_routed(mixing)}")
        elif isinstance(mixing, Gated):
            lines.append(f"encoder {places}: gated; target rates {_describe_rates(mixing)}")
    for places, exchange in _group_places(pattern.exchange):
        if isinstance(exchange, Workspace):
            lines.append(f"scale {places}: {_describe_workspace(exchange)}")
        elif isinstance(exchange, Necks):
            lines.append(f"scale {places}: {describe_neck(exchange.neck)}")
    return lines


def _group_places(values: Iterable[Hashable]) -> list[tuple[str, Hashable]]:
    """Distinct values, with the numbers of their places from 1."""
    places: dict[Hashable, list[str]] = {}
    for number, value in enumerate(values, start=1):
        places.setdefault(value, []).append(str(number))
    return [(", ".join(numbers), value) for value, numbers in places.items()]


def _describe_routed(mixing: Routed) -> str:
    parts = []
    if mixing.ratio > 0:
        parts.append(f"{'+'.join(mixing.primitives)}, {mixing.recombination} 1x1, reads {mixing.flow} features")
    if mixing.ratio < 1:
        parts.append(f"{mixing.kernel}x{mixing.kernel} task branches")
    parts.append({"task": "a norm a task", "shared": "one norm for all"}[mixing.norm])
    return f"routed, {100 * mixing.ratio:g} % shared; {'; '.join(parts)}"


def _describe_rates(mixing: Gated) -> str:
    return ", ".join(f"{task} {100 * rate:g} %" for task, rate in mixing.rates)


def _describe_workspace(each: Workspace) -> str:
    words = [
        f"workspace of {each.slots} slots",
        f"width {each.width}",
        f"top {100 * each.top_k:g} % of the tokens" if each.top_k < 1 else "all tokens",
    ]
    unusual = [
        (each.heads > 1, f"{each.heads} heads"),
        (each.rounds > 1, f"{each.rounds} rounds"),
        (each.state != "learned", f"{each.state} slots"),
        (each.update != "overwrite", f"{each.update} update"),
        (each.broadcast != "one", f"broadcast {each.broadcast}"),
        (each.tying != "tasks", f"tied {each.tying.replace('+', ' and ')}"),
        (each.etf > 0, f"frame of {each.etf}"),
        (each.neck != "none", describe_neck(each.neck)),
        (each.norm != "none", "tokens normalised" if each.norm == "tokens" else "attention by cosines"),
    ]
    return ", ".join([*words, *(word for holds, word in unusual if holds)])


def describe_neck(neck: str) -> str:
    """A neck of each task's own, in words."""
    return f"a {'3x3' if neck == 'conv' else neck} neck a task"
