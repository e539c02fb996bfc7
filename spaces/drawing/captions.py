"""What a drawing cannot show of a pattern, in sentences: options of routed and gated stages and of workspaces."""

from __future__ import annotations

from collections.abc import Hashable, Iterable

from spaces.pattern.exchange import Workspace
from spaces.pattern.mixing import Gated, Routed
from spaces.pattern.sharing_pattern import SharingPattern


def write_captions(pattern: SharingPattern) -> list[str]:
    """One line for all stages or scales that are alike; none for a pattern of shared blocks.

    >>> from spaces.pattern.mixing import Gated
    >>> from spaces.pattern.sharing_pattern import NoExchange, Stage
    >>> gated = Stage((("a", "b"),), Gated((("a", 0.25), ("b", 0.5))))
    >>> notes(SharingPattern((gated, gated), (NoExchange(), NoExchange()), (gated.__class__((("a", "b"),)),)))
    ['encoder 1, 2: gated; target rates a 25 %, b 50 %']
    """
    lines = []
    for places, mixing in _runs(stage.mixing for stage in pattern.encoder):
        if isinstance(mixing, Routed):
            lines.append(f"encoder {places}: {_routed(mixing)}")
        elif isinstance(mixing, Gated):
            lines.append(f"encoder {places}: gated; target rates {_rates(mixing)}")
    for places, exchange in _runs(pattern.exchange):
        if isinstance(exchange, Workspace):
            lines.append(f"scale {places}: {_workspace(exchange)}")
    return lines


def _runs(values: Iterable[Hashable]) -> list[tuple[str, Hashable]]:
    """Distinct values, with the numbers of their places from 1."""
    places: dict[Hashable, list[str]] = {}
    for number, value in enumerate(values, start=1):
        places.setdefault(value, []).append(str(number))
    return [(", ".join(numbers), value) for value, numbers in places.items()]


def _routed(mixing: Routed) -> str:
    shared = f"{'+'.join(mixing.primitives)}, {mixing.recombination} 1x1, reads {mixing.flow} features"
    own = f"{mixing.kernel}x{mixing.kernel} task branches"
    norm = {"task": "a norm a task", "shared": "one norm for all"}[mixing.norm]
    parts = [shared] * (mixing.ratio > 0) + [own] * (mixing.ratio < 1) + [norm]
    return f"routed, {100 * mixing.ratio:g} % shared; {'; '.join(parts)}"


def _rates(mixing: Gated) -> str:
    return ", ".join(f"{task} {100 * rate:g} %" for task, rate in mixing.rates)


def _workspace(each: Workspace) -> str:
    words = [
        f"workspace of {each.slots} slots",
        f"width {each.width}",
        f"top {100 * each.top_k:g} % of the tokens" if each.top_k < 1 else "all tokens",
    ]
    words += [f"{each.heads} heads"] * (each.heads > 1) + [f"{each.rounds} rounds"] * (each.rounds > 1)
    words += [f"{each.state} slots"] * (each.state != "learned")
    words += [f"{each.update} update"] * (each.update != "overwrite")
    words += [f"broadcast {each.broadcast}"] * (each.broadcast != "one")
    words += [f"tied {each.tying.replace('+', ' and ')}"] * (each.tying != "tasks")
    words += [f"frame of {each.etf}"] * (each.etf > 0)
    return ", ".join(words)
