"""Of networks that differ by an exchange of tasks one stands for all; the reference is brute force."""

from __future__ import annotations

import random
from typing import Any

import pytest

from spaces.choices import Space, draw
from spaces.gates import GatedEncoder
from spaces.joint import Joint
from spaces.pattern.interchange import order_rates
from spaces.pattern.mixing import Gated, Routed
from spaces.pattern.sharing_pattern import NoExchange, SharingPattern
from spaces.pattern.stage import SHARED, Partition, Stage
from tests.spaces.networks.mixes import any_mixture
from tests.spaces.pattern.exchanged import exchange_rates
from tests.spaces.pattern.isomorphism import are_isomorphic, draw_graph

TASKS = ("a", "b", "c", "d")
MANY = 20  # of each space; a pattern takes 50 ms, and `test_key_census` has many more


def check(pattern: SharingPattern, rng: random.Random) -> bool:
    """Whether an exchange of rates is the same network, as the keys say, too."""
    raw = exchange_rates(pattern, rng)
    ordered = SharingPattern(raw.encoder, raw.exchange, raw.decoder)
    drawn = draw_graph(raw)
    assert are_isomorphic(drawn, draw_graph(ordered))
    same = are_isomorphic(drawn, draw_graph(pattern))
    assert same == (ordered.key == pattern.key), (pattern, ordered)
    if same and raw.encoder != pattern.encoder:
        acting = [stage for stage in ordered.encoder if stage.mixing != SHARED]
        assert len(acting) > 0
    return same and raw.encoder != pattern.encoder


@pytest.mark.parametrize("count", [3, 4])
@pytest.mark.parametrize("space", [Joint(2, 2), Joint(4, 3), GatedEncoder(3, 2)], ids=str)
def test_the_same_network_has_the_same_key_and_another_network_another(space: Space, count: int) -> None:
    rng = random.Random(count)
    twins = sum(check(draw(space, TASKS[:count], rng).pattern, rng) for _ in range(MANY))
    assert (twins > 0) == isinstance(space, Joint)  # separate decoders read every task for itself


def test_mixtures_too() -> None:
    rng = random.Random(0)
    assert sum(check(any_mixture(seed), rng) for seed in range(3 * MANY)) > 0


def gated(**rates: float) -> Gated:
    return Gated(tuple(rates.items()))


PAIR: Partition = (("a", "b"),)
APART: Partition = (("a",), ("b",))


@pytest.mark.parametrize(
    ("encoder", "decoder", "ordered"),
    [
        ([gated(a=0.5, b=0.1)], [PAIR], True),  # one decoder reads the mean of both
        ([gated(a=0.5, b=0.1)], [APART], False),  # each is read for itself
        ([SHARED, gated(a=0.5, b=0.1)], [PAIR, APART], True),  # what the last stage reads is before the gates
        ([gated(a=0.5, b=0.1), SHARED], [PAIR, APART], False),  # and here it is behind them
        ([gated(a=0.5, b=0.1), gated(a=0.1, b=0.5)], [PAIR, PAIR], True),  # rates go along from stage to stage
    ],
)
def test_by_hand(encoder: list[Any], decoder: list[Partition], ordered: bool) -> None:
    stages = [Stage(PAIR, mixing) for mixing in encoder]
    found = order_rates(stages, [Stage(groups) for groups in decoder])
    first = next(stage.mixing for stage in found if isinstance(stage.mixing, Gated))
    assert first.rates == ((("a", 0.1), ("b", 0.5)) if ordered else (("a", 0.5), ("b", 0.1)))
    if len(stages) == 2 and isinstance(encoder[0], Gated) and isinstance(encoder[1], Gated):
        assert found[1].mixing == gated(a=0.5, b=0.1)


def test_a_routed_stage_of_task_branches_alone_keeps_company_as_little_as_groups_of_one() -> None:
    trio: Partition = (("a", "b", "c"),)
    for norm, ordered in (("task", True), ("shared", False)):
        behind = Stage((("a", "b"), ("c",)), Routed(0.0, norm=norm, layers=1))
        encoder = [Stage(trio, gated(a=1.0, b=1.0, c=0.0)), behind]
        found = order_rates(encoder, [Stage(trio)])[0].mixing
        assert isinstance(found, Gated)
        assert found.rates == (
            (("a", 0.0), ("b", 1.0), ("c", 1.0)) if ordered else (("a", 1.0), ("b", 1.0), ("c", 0.0))
        )


def test_the_value_itself_is_ordered_so_that_weights_start_alike() -> None:
    stages = Stage(PAIR, gated(a=0.5, b=0.1)), Stage(PAIR, gated(a=0.1, b=0.5))
    one, other = (SharingPattern((stage,), (NoExchange(),), (Stage(PAIR),)) for stage in stages)
    assert one == other
    assert SharingPattern.from_json(one.to_json()) == one
