from __future__ import annotations

import pytest

from spaces.drawing.one_line import describe_in_line
from spaces.pattern.exchange import Necks, NoExchange, Workspace
from spaces.pattern.mixing import Gated, Mixing, Routed, Shared
from spaces.pattern.sharing_pattern import SharingPattern, hard_sharing, separate_decoders
from spaces.pattern.stage import Stage

PAIR, APART = (("a", "b"),), (("a",), ("b",))


def told(*mixings: Mixing, exchange: tuple[NoExchange | Workspace, ...] = ()) -> str:
    none = (NoExchange(),) * len(mixings)
    encoder = tuple(Stage(PAIR, mixing) for mixing in mixings)
    return describe_in_line(SharingPattern(encoder, exchange or none, (Stage(PAIR), Stage(APART))))


def test_patterns_of_shared_blocks_are_told_by_their_decoders() -> None:
    assert describe_in_line(hard_sharing("ab", 3, 2)) == "2 x all"
    assert describe_in_line(separate_decoders("ab", 3, 2)) == "2 x apart"


@pytest.mark.parametrize(
    ("mixings", "encoder"),
    [
        ((Shared(), Routed(0.75)), "1 x all > 1 x routed 75 %"),
        ((Routed(0.5, ("max",), flow="mixed"),) * 2, "2 x routed 50 % (max, flow mixed)"),
        (
            (Routed(0.5, kernel=1), Shared(), Routed(0.25, kernel=1)),
            "1 x routed 50 % > 1 x all > 1 x routed 25 % (kernel 1)",
        ),
        ((Routed(0.5, kernel=1), Routed(0.5)), "1 x routed 50 % (kernel 1) > 1 x routed 50 %"),
        (
            (Routed(0.5, kernel=1), Gated((("a", 0.25), ("b", 0.25)))),
            "1 x routed 50 % (kernel 1) > 1 x gated 25 %",
        ),
        ((Routed(0, primitives=()),), "1 x routed 0 % (no primitives)"),
        ((Gated((("a", 0.25), ("b", 0.25))),), "1 x gated 25 %"),
        ((Gated((("a", 0.1), ("b", 0.25))),), "1 x gated a 10 %, b 25 %"),
    ],
)
def test_routed_and_gated_stages_are_named(mixings: tuple[Mixing, ...], encoder: str) -> None:
    assert told(*mixings) == f"encoder: {encoder}; decoder: 1 x all > 1 x apart"


def test_exchanges_are_named_by_their_scales() -> None:
    workspace = Workspace(slots=4, etf=16)
    assert told(*[Shared()] * 3, exchange=(workspace, NoExchange(), workspace)) == (
        "exchange at 1, 3 by 4 slots (etf 16); decoder: 1 x all > 1 x apart"
    )
    necks = Workspace(slots=4, neck="conv", norm="cosine")
    assert told(*[Shared()] * 3, exchange=(Necks("conv"), necks, Necks("conv"))) == (
        "own necks at 1, 3 (neck conv); exchange at 2 by 4 slots (neck conv, norm cosine); decoder: 1 x all > 1 x apart"
    )


def test_what_differs_in_ratio_rate_slots_or_an_option_reads_differently() -> None:
    def gated(a: float, b: float) -> Gated:
        return Gated((("a", a), ("b", b)))

    mixings: list[Mixing] = [Shared(), Routed(0.5), Routed(0.25)]
    mixings += [Routed(0.5, flow="mixed"), Routed(0.5, recombination="dense")]
    mixings += [Routed(0.5, norm="shared"), Routed(0.5, layers=1), Routed(0.5, ("max", "shift"))]
    mixings += [gated(0.5, 0.5), gated(0.25, 0.25), gated(0.25, 0.5)]
    workspaces = [Workspace(), Workspace(slots=4), Workspace(top_k=0.5), Workspace(width=64), Workspace(etf=16)]
    lines = [told(mixing) for mixing in mixings] + [told(Shared(), exchange=(each,)) for each in workspaces]
    assert len(set(lines)) == len(lines)
    assert "routed 50 % (max+shift)" in lines[7]
    assert "\n" not in "".join(lines)


def test_routed_stages_of_groups_name_them() -> None:
    trio = (("a",), ("b", "c"))
    stage = Stage(trio, Routed(0.75, kernel=1))
    pattern = SharingPattern((stage, stage), (NoExchange(),) * 2, (Stage((("a", "b", "c"),)),))
    assert describe_in_line(pattern) == "encoder: 2 x routed 75 % (kernel 1) in a | b+c; decoder: 1 x all"
