from __future__ import annotations

import pytest

from spaces.drawing.captions import write_captions
from spaces.pattern.exchange import Workspace
from spaces.pattern.mixing import Gated, Routed
from spaces.pattern.sharing_pattern import NoExchange, SharingPattern, hard_sharing
from spaces.pattern.stage import Stage


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
