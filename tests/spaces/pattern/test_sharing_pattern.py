from __future__ import annotations

import dataclasses
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spaces.choices import draw
from spaces.errors import PatternError
from spaces.pattern.sharing_pattern import NoExchange, SharingPattern, hard_sharing, separate_decoders, uniform
from spaces.pattern.stage import Stage

TASKS = ("depth", "normals", "segmentation")
quick = settings(max_examples=50, deadline=None)  # on busy cores a deadline measures the neighbours


def test_canonical_form() -> None:
    stage = Stage((("c", "a"), ["b"]))  # type: ignore[arg-type]  # a list, as JSON gives it
    assert stage.groups == (("a", "c"), ("b",))
    assert stage == Stage((("b",), ("a", "c")))
    assert stage.tasks == ("a", "b", "c")


def test_patterns_are_values() -> None:
    one, other = hard_sharing(TASKS, 2, 2), hard_sharing(reversed(TASKS), 2, 2)
    assert one == other
    assert len({one, other}) == 1
    assert one.tasks == TASKS
    with pytest.raises(dataclasses.FrozenInstanceError):
        one.decoder = ()  # type: ignore[misc]  # that is what must fail


def test_one_task_has_nothing_to_share() -> None:
    assert hard_sharing(["depth"], 3, 2) == separate_decoders(["depth"], 3, 2)


@quick
@given(st.integers(0, 2**32), st.integers(1, 5))
def test_json_round_trip_of_split_encoders(two_trees: Any, seed: int, tasks: int) -> None:
    pattern = draw(two_trees, tuple("abcde"[:tasks]), random.Random(seed)).pattern
    assert SharingPattern.from_json(pattern.to_json()) == pattern


PAIR, APART = Stage((("a", "b"),)), Stage((("a",), ("b",)))


@pytest.mark.parametrize(
    ("encoder", "exchanges", "decoder", "message"),
    [
        ((), 0, (PAIR,), "a sharing pattern needs at least one encoder and one decoder stage"),
        ((PAIR,), 1, (), "a sharing pattern needs at least one encoder and one decoder stage"),
        ((PAIR, PAIR), 1, (PAIR,), "1 exchanges for 2 encoder stages: want one a stage"),
        (
            (PAIR,),
            1,
            (Stage((("a", "c"),)),),
            "decoder stage 1 has tasks ['a', 'c'], others have ['a', 'b']: want the same tasks at every stage",
        ),
        (
            (PAIR,),
            1,
            (PAIR, APART, PAIR),
            "decoder stage 3 merges what stage 2 had split: "
            "within the encoder and within the decoder, partitions only get finer",
        ),
        (
            (APART, PAIR),
            2,
            (PAIR,),
            "encoder stage 2 merges what stage 1 had split: "
            "within the encoder and within the decoder, partitions only get finer",
        ),
    ],
)
def test_patterns_without_a_network_are_refused(
    encoder: tuple[Stage, ...], exchanges: int, decoder: tuple[Stage, ...], message: str
) -> None:
    with pytest.raises(PatternError) as caught:
        SharingPattern(encoder, (NoExchange(),) * exchanges, decoder)
    assert str(caught.value) == message


def test_a_decoder_may_bring_together_what_the_encoder_split() -> None:
    assert SharingPattern((APART,), (NoExchange(),), (PAIR, APART)).tasks == ("a", "b")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"decoder": [{"groups": [["a", "b"]], "mixing": "magic"}]},
            "mixing 'magic' is unknown: want one of",
        ),
        ({"exchange": ["magic"]}, "exchange 'magic' is unknown: want one of"),
        ({"decoder": [{"groups": [["a"]]}]}, "want the lists 'encoder', 'exchange' and 'decoder'"),
        ({"decoder": None}, "want the lists 'encoder', 'exchange' and 'decoder'"),
    ],
)
def test_json_of_something_else_is_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(PatternError, match=message):
        SharingPattern.from_json({**hard_sharing(("a", "b"), 1, 1).to_json(), **change})


def test_uniform_shares_the_encoder() -> None:
    pattern = uniform(("b", "a"), 3, [(("a",), ("b",))])
    assert pattern == SharingPattern((PAIR,) * 3, (NoExchange(),) * 3, (APART,))
