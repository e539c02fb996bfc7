from __future__ import annotations

from typing import Any

import pytest

from spaces.errors import PatternError
from spaces.pattern.exchange import NoExchange, Workspace
from spaces.pattern.mixing import Gated, Routed
from spaces.pattern.sharing_pattern import SharingPattern
from spaces.pattern.stage import Partition, Stage

PAIR: Partition = (("a", "b"),)
APART: Partition = (("a",), ("b",))
RATES = (("a", 0.5), ("b", 0.25))


def pattern(*encoder: Stage, exchange: Any = None, decoder: Partition = APART) -> SharingPattern:
    exchanges = exchange or (NoExchange(),) * len(encoder)
    return SharingPattern(encoder, exchanges, (Stage(decoder),) * len(encoder))


def test_json_round_trip_of_every_option() -> None:
    made = SharingPattern(
        (
            Stage(PAIR),
            Stage(PAIR, Routed(0.5, ("max", "noise"), "dense", "mixed", 1, "shared", 1)),
            Stage(PAIR, Gated(RATES)),
        ),
        (NoExchange(), Workspace(4, 16, 2, 0.5, "identity", "gated", 2, "learned", "none", 8), NoExchange()),
        (Stage(PAIR), Stage(APART), Stage(APART)),
    )
    again = SharingPattern.from_json(made.to_json())
    assert again == made
    assert again.key == made.key


@pytest.mark.parametrize(
    ("mixing", "message"),
    [
        ({"kind": "magic"}, "mixing 'magic' is unknown: want one of shared, routed, gated"),
        ({"kind": "routed", "ratio": 2}, "ratio=2: want a number from 0 to 1"),
        ({"kind": "routed", "ratio": 0.5, "colour": 1}, "not the JSON of a sharing pattern"),
    ],
)
def test_json_of_unknown_mixings_is_refused(mixing: Any, message: str) -> None:
    data = pattern(Stage(PAIR)).to_json()
    data["encoder"][0]["mixing"] = mixing
    with pytest.raises(PatternError) as refused:
        SharingPattern.from_json(data)
    assert str(refused.value).startswith(message)
