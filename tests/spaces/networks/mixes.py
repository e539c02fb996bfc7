"""Random patterns of all kinds of stages, for properties that hold of every one."""

from __future__ import annotations

import random

from spaces.networks.modules.output import Output
from spaces.networks.small import Small
from spaces.pattern import exchange
from spaces.pattern.exchange import (
    BROADCASTS,
    NECKS,
    STATES,
    TYINGS,
    UPDATES,
    Exchange,
    Necks,
    NoExchange,
    Workspace,
)
from spaces.pattern.mixing import FLOWS, NORMS, PRIMITIVES, RECOMBINATIONS, Gated, Mixing, Routed, Shared
from spaces.pattern.sharing_pattern import SharingPattern
from spaces.pattern.stage import Stage
from spaces.tree import decode_partitions

OUTPUTS = {"depth": Output(1, "depth"), "normals": Output(3, "normals"), "segmentation": Output(5, "segmentation")}
TASKS = tuple(OUTPUTS)
FAMILY = Small(encoder_widths=(8, 12, 16), decoder_width=4)
STAGES = 3
SIZE = (32, 32)


def any_mixing(rng: random.Random) -> Mixing:
    return rng.choice((_shared, _routed, _gated))(rng)


def any_mixture(seed: int) -> SharingPattern:
    """Any trees, any mixing at every encoder stage, any exchange at every scale."""
    rng = random.Random(seed)
    tree = [decode_partitions(lambda name, options: rng.choice(options), TASKS, STAGES) for _ in range(2)]
    return SharingPattern(
        tuple(Stage(groups, any_mixing(rng)) for groups in tree[0]),
        _exchanges(rng),
        tuple(Stage(groups) for groups in tree[1]),
    )


def gated(shared: int, rate: float = 0.25, tasks: tuple[str, ...] = TASKS) -> SharingPattern:
    """Leading shared stages, gated ones after them, one decoder a task."""
    together, apart = (tasks,), tuple((task,) for task in tasks)
    mixing = Gated(tuple((task, rate) for task in tasks))
    encoder = [Stage(together)] * shared + [Stage(together, mixing)] * (STAGES - shared)
    return SharingPattern(tuple(encoder), (NoExchange(),) * STAGES, (Stage(apart),) * STAGES)


def _exchanges(rng: random.Random) -> tuple[Exchange, ...]:
    """Alike at all scales, for slots that are carried and weights that are tied want that."""
    workspace = Workspace(
        slots=rng.choice((2, 4)),
        width=8,
        heads=rng.choice((1, 2)),
        top_k=rng.choice((0.1, 0.5, 1.0)),
        state=rng.choice(STATES),
        update=rng.choice(UPDATES),
        rounds=rng.choice((1, 2)),
        broadcast=rng.choice([each for each in BROADCASTS if each != "identity"]),
        tying=rng.choice(TYINGS),
        etf=rng.choice((0, 6)),
        neck=rng.choice(NECKS),
        norm=rng.choice(exchange.NORMS),
    )
    without = NoExchange() if workspace.neck == "none" else Necks(workspace.neck)
    return tuple(rng.choice((without, workspace)) for _ in range(STAGES))


def _shared(rng: random.Random) -> Mixing:
    return Shared()


def _routed(rng: random.Random) -> Mixing:
    return Routed(
        ratio=rng.choice((0.0, 0.25, 0.5, 0.75, 1.0)),
        primitives=tuple(rng.sample(PRIMITIVES, rng.randint(1, 4))),
        recombination=rng.choice(RECOMBINATIONS),
        flow=rng.choice(FLOWS),
        kernel=rng.choice((1, 3)),
        norm=rng.choice(NORMS),
        layers=rng.choice((1, 2)),
    )


def _gated(rng: random.Random) -> Mixing:
    return Gated(tuple((task, rng.choice((0.0, 0.5, 1.0))) for task in TASKS))
