from __future__ import annotations

import pytest

from spaces.drawing.captions import write_captions
from spaces.pattern.exchange import Necks, NoExchange, Workspace
from spaces.pattern.mixing import Gated, Routed
from spaces.pattern.sharing_pattern import SharingPattern, hard_sharing
from spaces.pattern.stage import Stage
from tests.spaces.networks.mixes import any_mixture


@pytest.mark.parametrize(
    ("pattern", "wanted"),
    [
        (
            SharingPattern(
                (Stage((("a", "b"),), Routed(0.75)), Stage((("a", "b"),), Gated({"a": 0.1, "b": 0.5}))),  # type: ignore[arg-type]
                (NoExchange(), Workspace(slots=4, top_k=0.25, etf=16, state="identity")),
                (Stage((("a", "b"),)),) * 2,
            ),
            [
                "encoder 1: routed, 75 % shared; average+identity+max+shift, grouped 1x1, reads shared features; "
                "3x3 task branches; a norm a task",
                "encoder 2: gated; target rates a 10 %, b 50 %",
                "scale 2: workspace of 4 slots, width 32, top 25 % of the tokens, identity slots, frame of 16",
            ],
        ),
        (hard_sharing("ab", 2, 2), []),
    ],
)
def test_notes_say_what_a_drawing_cannot_show(pattern: SharingPattern, wanted: list[str]) -> None:
    assert write_captions(pattern) == wanted


@pytest.mark.parametrize("seed", range(20))
def test_a_line_stands_for_all_places_that_are_alike(seed: int) -> None:
    pattern = any_mixture(seed)
    lines = write_captions(pattern)
    for part, values in (("encoder", [stage.mixing for stage in pattern.encoder]), ("scale", [*pattern.exchange])):
        told = [line.partition(": ")[0].removeprefix(f"{part} ") for line in lines if line.startswith(f"{part} ")]
        places = [int(place) for each in told for place in each.split(", ")]
        wanted = [n for n, value in enumerate(values, start=1) if isinstance(value, (Routed, Gated, Necks, Workspace))]
        assert sorted(places) == wanted
        assert len(told) == len({values[n - 1] for n in wanted})


def test_every_option_that_is_not_the_usual_one_is_told() -> None:
    def told(**options: object) -> str:
        together = (Stage((("a", "b"),)),)
        (line,) = write_captions(SharingPattern(together, (Workspace(**options),), together))  # type: ignore[arg-type]
        return line.removeprefix("scale 1: workspace of 8 slots, width 32, ")

    assert told() == "top 25 % of the tokens"
    assert told(top_k=1.0) == "all tokens"
    assert told(heads=2, rounds=3) == "top 25 % of the tokens, 2 heads, 3 rounds"
    assert told(state="carried", update="gated") == "top 25 % of the tokens, carried slots, gated update"
    assert told(broadcast="learned", tying="tasks+scales", etf=4) == (
        "top 25 % of the tokens, broadcast learned, tied tasks and scales, frame of 4"
    )
    assert told(neck="conv", norm="cosine") == "top 25 % of the tokens, a 3x3 neck a task, attention by cosines"
    assert told(neck="separable", norm="tokens") == "top 25 % of the tokens, a separable neck a task, tokens normalised"


def test_necks_without_an_exchange_are_told() -> None:
    together = (Stage((("a", "b"),)),) * 2
    pattern = SharingPattern(together, (Necks("conv"), NoExchange()), together)
    assert write_captions(pattern) == ["scale 1: a 3x3 neck a task"]


@pytest.mark.parametrize(
    ("ratio", "wanted"),
    [
        (0.0, "routed, 0 % shared; 3x3 task branches; one norm for all"),
        (0.5, "routed, 50 % shared; max, dense 1x1, reads mixed features; 3x3 task branches; one norm for all"),
        (1.0, "routed, 100 % shared; max, dense 1x1, reads mixed features; one norm for all"),
    ],
)
def test_a_branch_that_is_not_there_is_not_told(ratio: float, wanted: str) -> None:
    together = (("a", "b"),)
    stage = Stage(together, Routed(ratio, ("max",), "dense", "mixed", norm="shared"))
    assert write_captions(SharingPattern((stage,), (NoExchange(),), (Stage(together),))) == [f"encoder 1: {wanted}"]
