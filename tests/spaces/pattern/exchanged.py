"""Patterns whose tasks have exchanged their target rates, which may be the same network."""

from __future__ import annotations

import random
from types import SimpleNamespace
from typing import Any

from spaces.pattern.mixing import Gated
from spaces.pattern.sharing_pattern import SharingPattern
from spaces.pattern.stage import Stage


def exchange_rates(pattern: SharingPattern, rng: random.Random) -> Any:
    """The same with the tasks' target rates shuffled, as a walk takes it, not brought into an order."""
    names = dict(zip(pattern.tasks, rng.sample(pattern.tasks, len(pattern.tasks)), strict=True))
    encoder = [
        Stage(stage.groups, Gated(tuple((names[task], rate) for task, rate in stage.mixing.rates)))
        if isinstance(stage.mixing, Gated)
        else stage
        for stage in pattern.encoder
    ]
    return SimpleNamespace(
        encoder=tuple(encoder), exchange=pattern.exchange, decoder=pattern.decoder, tasks=pattern.tasks
    )
