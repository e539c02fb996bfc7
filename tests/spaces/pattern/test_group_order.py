"""Of encoders whose groups a decoder cannot tell apart one stands for all; the reference is brute force."""

from __future__ import annotations

import random
from itertools import combinations, product

import pytest
import torch

from spaces.networks.build import build
from spaces.pattern.exchange import Exchange, Workspace
from spaces.pattern.group_order import order_groups
from spaces.pattern.interchange import find_linked_scale
from spaces.pattern.mixing import Gated, Mixing, Routed
from spaces.pattern.sharing_pattern import NoExchange, SharingPattern
from spaces.pattern.stage import SHARED, Partition, Stage
from tests.spaces.networks.mixes import FAMILY, OUTPUTS, any_mixture
from tests.spaces.pattern.exchanged import exchange_groups
from tests.spaces.pattern.isomorphism import are_isomorphic, draw_graph, refine

TRIO: Partition = (("a", "b", "c"),)
SPLITS: tuple[Partition, ...] = (
    (("a", "b"), ("c",)),
    (("a", "c"), ("b",)),
    (("a",), ("b", "c")),
    (("a",), ("b",), ("c",)),
)
AC, BC = SPLITS[1], SPLITS[2]


def order(encoder: list[Stage], *decoder: Partition) -> list[Stage]:
    return list(order_groups(encoder, [Stage(groups) for groups in decoder]))


def test_behind_one_decoder_nothing_says_who_is_in_which_group() -> None:
    found = {tuple(order([Stage(TRIO), Stage(groups)], TRIO, TRIO)) for groups in SPLITS[:3]}
    assert len(found) == 1
    assert order([Stage(TRIO), Stage(AC)], AC, AC) == [Stage(TRIO), Stage(AC)]


def test_target_rates_and_finer_groups_go_along() -> None:
    def gated(**rates: float) -> Gated:
        return Gated(tuple(rates.items()))

    def make(one: str, two: str, alone: str) -> list[Stage]:
        rates = {one: 0.1, two: 0.5, alone: 0.0}
        pair = Stage(((one, two), (alone,)), gated(**rates))
        return [Stage(TRIO), pair, Stage(((one,), (two,), (alone,)))]

    first = order(make("a", "b", "c"), TRIO)
    assert first == order(make("c", "a", "b"), TRIO) == order(make("b", "a", "c"), TRIO)
    (alone,) = (group[0] for group in first[1].groups if len(group) == 1)
    assert isinstance(first[1].mixing, Gated)
    assert first[1].mixing.of(sorted({*"abc"} - {alone})) == (0.1, 0.5)


@pytest.mark.parametrize("mixing", [SHARED, Routed(0.5, layers=1), Routed(0.0, layers=1), Routed(1.0, flow="mixed")])
def test_every_pair_of_encoders_of_three_tasks_has_one_key_if_it_is_one_network(mixing: Mixing) -> None:
    chains = [(TRIO, groups, groups) for groups in (TRIO, *SPLITS)] + [(TRIO, groups, SPLITS[3]) for groups in SPLITS]
    for decoder in ((TRIO, TRIO), (TRIO, AC), (AC, SPLITS[3])):
        behind = tuple(map(Stage, decoder))
        patterns = [
            SharingPattern((Stage(first), Stage(then, mixing), Stage(last)), (NoExchange(),) * 3, behind)
            for first, then, last in chains
        ]
        for one, other in combinations(patterns, 2):
            drawn = draw_graph(one), draw_graph(other)
            same = refine(drawn[0]) == refine(drawn[1]) and are_isomorphic(*drawn)
            assert same == (one.key == other.key), (one, other)


def test_mixtures_stay_the_same_network() -> None:
    rng = random.Random(0)
    for seed in range(40):
        raw = exchange_groups(any_mixture(seed), rng)
        ordered = SharingPattern(raw.encoder, raw.exchange, raw.decoder)
        assert are_isomorphic(draw_graph(raw), draw_graph(ordered))
        assert SharingPattern.from_json(ordered.to_json()) == ordered


def test_weights_of_each_task_that_scales_have_in_common_make_it_the_same_task_all_along() -> None:
    tied = Workspace(slots=2, width=8, tying="scales")
    free = Workspace(slots=2, width=8, tying="none")
    rates = (0.1, 0.5, 0.2), (0.5, 0.1, 0.2)
    last = [Stage(AC), Stage(BC), *(Stage(TRIO, Gated(tuple(zip("abc", each, strict=True)))) for each in rates)]
    encoders = [[Stage(TRIO), each] for each in last]
    exchanges: list[Exchange] = [tied, free]
    for exchange, (one, other) in product(exchanges, (encoders[:2], encoders[2:])):
        decoder = (Stage(TRIO), Stage(SPLITS[3]))
        patterns = [SharingPattern(tuple(each), (exchange,) * 2, decoder) for each in (one, other)]
        same = are_isomorphic(*map(draw_graph, patterns))
        assert same == (exchange == free)
        assert same == (patterns[0].key == patterns[1].key)


def test_weights_start_alike() -> None:
    one, two, three = OUTPUTS
    together = Stage((tuple(OUTPUTS),))
    networks = []
    for groups in (((one, two), (three,)), ((two, three), (one,))):
        encoder = (together, Stage(groups), Stage(groups))
        pattern = SharingPattern(encoder, (NoExchange(),) * 3, (together,) * 3)
        networks.append(build(pattern, FAMILY, OUTPUTS, seed=0).eval())
    image = torch.rand(1, 3, 32, 32)
    with torch.no_grad():
        first, other = (network(image) for network in networks)
    assert all(torch.equal(first[task], other[task]) for task in OUTPUTS)


def test_groups_of_other_sizes_are_told_apart_as_the_key_says() -> None:
    quartet = Stage((("a", "b", "c", "d"),))
    first, other = (
        SharingPattern((quartet, Stage(groups)), (NoExchange(),) * 2, (quartet,) * 2)
        for groups in ((("a", "b"), ("c", "d")), (("a",), ("b", "c", "d")))
    )
    assert are_isomorphic(draw_graph(first), draw_graph(other))
    assert first.key != other.key


@pytest.mark.parametrize(
    ("tyings", "linked"),
    [(("scales", "scales"), 0), (("", "scales"), None), (("tasks+scales", "tasks+scales"), None), (("", ""), None)],
)
def test_weights_link_scales_where_there_are_two_of_them(tyings: tuple[str, str], linked: int | None) -> None:
    exchange = [Workspace(slots=2, width=8, tying=each) if each else NoExchange() for each in tyings]
    stages = (Stage(TRIO), Stage(TRIO))
    assert find_linked_scale(exchange, stages, stages) == linked
