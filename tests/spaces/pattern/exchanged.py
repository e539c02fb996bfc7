"""Patterns whose tasks have exchanged their target rates or their encoder groups, which may be the same network."""

from __future__ import annotations

import random
from types import SimpleNamespace
from typing import Any

from spaces.pattern.mixing import Gated
from spaces.pattern.sharing_pattern import SharingPattern
from spaces.pattern.stage import Stage


def exchange_rates(pattern: SharingPattern, rng: random.Random) -> Any:
    """The same with the tasks' target rates shuffled, as a walk takes it, not brought into an order."""
    return _exchange(pattern, rng, groups=False)


def exchange_groups(pattern: SharingPattern, rng: random.Random) -> Any:
    """The same with other names for the tasks in the encoder, in groups and rates alike, not brought into an order."""
    return _exchange(pattern, rng, groups=True)


def _exchange(pattern: SharingPattern, rng: random.Random, *, groups: bool) -> Any:
    names = dict(zip(pattern.tasks, rng.sample(pattern.tasks, len(pattern.tasks)), strict=True))
    encoder = []
    for stage in pattern.encoder:
        found = tuple(tuple(names[task] for task in group) for group in stage.groups) if groups else stage.groups
        mixing = stage.mixing
        if isinstance(mixing, Gated):
            mixing = Gated(tuple((names[task], rate) for task, rate in mixing.rates))
        encoder.append(Stage(found, mixing))
    return SimpleNamespace(
        encoder=tuple(encoder), exchange=pattern.exchange, decoder=pattern.decoder, tasks=pattern.tasks
    )
