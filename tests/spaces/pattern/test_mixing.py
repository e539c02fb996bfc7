from __future__ import annotations

from typing import Any

import pytest

from spaces.errors import PatternError
from spaces.pattern.exchange import NoExchange, Workspace
from spaces.pattern.mixing import Gated, Routed, Shared, count_shared_channels
from spaces.pattern.sharing_pattern import SharingPattern
from spaces.pattern.stage import Partition, Stage

PAIR: Partition = (("a", "b"),)
APART: Partition = (("a",), ("b",))
RATES = (("a", 0.5), ("b", 0.25))


def pattern(*encoder: Stage, exchange: Any = None, decoder: Partition = APART) -> SharingPattern:
    exchanges = exchange or (NoExchange(),) * len(encoder)
    return SharingPattern(encoder, exchanges, (Stage(decoder),) * len(encoder))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Routed(ratio=1.5), "ratio=1.5: want a number from 0 to 1"),
        (lambda: Routed(ratio=True), "ratio=True: want a number from 0 to 1"),
        (lambda: Routed(0.5, primitives=()), "primitives=[] with ratio=0.5: the shared branch is made of them"),
        (lambda: Routed(0.5, primitives=("fourier",)), "primitive 'fourier' is unknown: want one of average, dilated"),
        (
            lambda: Routed(0.5, recombination="sum"),
            "recombination 'sum' is unknown: want one of dense, grouped, shuffled",
        ),
        (lambda: Routed(0.5, flow="both"), "flow 'both' is unknown: want one of mixed, shared"),
        (lambda: Routed(0.5, norm="layer"), "norm 'layer' is unknown: want one of shared, task"),
        (lambda: Routed(0.5, kernel=2), "kernel=2: want an odd number of pixels"),
        (lambda: Routed(0.5, layers=0), "layers=0: want a whole number >= 1"),
        (lambda: Gated(()), "rates=[]: want one target rate for each task"),
        (lambda: Gated((("a", 1.1),)), "rate of a=1.1: want a number from 0 to 1"),
        (lambda: count_shared_channels(0.1, 8), "ratio=0.1 of 8 channels leaves the shared branch without channels"),
        (
            lambda: SharingPattern((Stage((("a",),)),), (Workspace(),), (Stage((("a",),)),)),
            "a workspace for a alone: an exchange needs at least two tasks",
        ),
        (
            lambda: SharingPattern((Stage(PAIR),), (NoExchange(),), (Stage(PAIR, Routed(0.5)),)),
            "decoder stage 1 is routed: want shared; branches and gates are for encoder stages",
        ),
        (
            lambda: pattern(Stage(PAIR), Stage(PAIR), exchange=(Workspace(state="carried"), Workspace())),
            "",
        ),
        (
            lambda: pattern(Stage(PAIR), Stage(PAIR), exchange=(Workspace(slots=4), Workspace(state="carried"))),
            "state=carried hands slots on, but the workspaces of the scales differ",
        ),
        (
            lambda: pattern(Stage(PAIR), Stage(PAIR), exchange=(Workspace(tying="scales"), Workspace())),
            "tying over scales has one set of weights, but the workspaces of the scales differ",
        ),
    ],
)
def test_what_no_network_can_be_is_refused(make: Any, message: str) -> None:
    if not message:
        make()
        return
    with pytest.raises(PatternError) as refused:
        make()
    assert str(refused.value).startswith(message)


@pytest.mark.parametrize("ratio", [0.29, 0.57, 0.58, 0.1, 0.9])
def test_rounding_down_forgives_the_last_digit(ratio: float) -> None:
    assert count_shared_channels(ratio, 100) == round(100 * ratio)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(Routed(0.0, ("max",)), Routed(0.0, ("shift",)), id="primitives at ratio 0"),
        pytest.param(Routed(0.0, ()), Routed(0.0, ("shift",), "dense"), id="recombination at ratio 0"),
        pytest.param(Routed(1.0, kernel=1), Routed(1.0, kernel=3), id="kernel at ratio 1"),
        pytest.param(Routed(1, flow="shared"), Routed(1.0, flow="mixed"), id="flow where nothing differs"),
        pytest.param(Routed(1.0, norm="shared"), Routed(1.0, norm="task"), id="norm where nothing differs"),
        pytest.param(Routed(0.5, ("max", "shift")), Routed(0.5, ("shift", "max", "max")), id="a set of primitives"),
    ],
)
def test_options_that_cannot_act_do_not_enter_the_key(one: Routed, other: Routed) -> None:
    assert pattern(Stage(PAIR), Stage(PAIR, one)).key == pattern(Stage(PAIR), Stage(PAIR, other)).key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Routed(0.5), Routed(0.25)),
        (Routed(0.5), Routed(0.5, ("max",))),
        (Routed(0.5), Routed(0.5, recombination="dense")),
        (Routed(0.5), Routed(0.5, kernel=1)),
        (Routed(0.5), Routed(0.5, norm="shared")),
        (Routed(0.5), Routed(0.5, layers=1)),
        (Routed(0.5), Shared()),
        (Gated(RATES), Gated((("a", 0.5), ("b", 0.5)))),
        (Gated(RATES), Shared()),
    ],
)
def test_options_that_act_do(one: Any, other: Any) -> None:
    assert pattern(Stage(PAIR, one)).key != pattern(Stage(PAIR, other)).key


def test_flow_acts_from_the_second_layer_on() -> None:
    """At the first, all tasks have the same features to read."""
    one, other = Routed(0.5, flow="shared"), Routed(0.5, flow="mixed")
    assert pattern(Stage(PAIR, one)).key != pattern(Stage(PAIR, other)).key
    single = [pattern(Stage(PAIR, Routed(0.5, flow=flow, layers=1))).key for flow in ("shared", "mixed")]
    assert single[0] == single[1]


def test_a_target_rate_where_nothing_is_gated_does_not_enter_the_key() -> None:
    assert pattern(Stage(APART, Gated(RATES))).key == pattern(Stage(APART)).key
