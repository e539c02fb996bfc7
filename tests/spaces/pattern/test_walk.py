from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spaces.choices import draw
from spaces.pattern.sharing_pattern import NoExchange, SharingPattern, hard_sharing
from spaces.pattern.stage import Stage
from spaces.pattern.walk import find_skip_scale, list_blocks, walk
from tests.spaces.pattern.formulas import Written

quick = settings(max_examples=50, deadline=None)  # on busy cores a deadline measures the neighbours


def stages(*groups: str) -> tuple[Stage, ...]:
    """Stages from texts such as "ab c"."""
    return tuple(Stage(tuple(map(tuple, stage.split()))) for stage in groups)


def formulas(encoder: tuple[Stage, ...], decoder: tuple[Stage, ...]) -> dict[str, str]:
    pattern = SharingPattern(encoder, (NoExchange(),) * len(encoder), decoder)
    return {task: outputs[-1] for task, outputs in walk(pattern, "x", Written()).items()}


def test_a_fused_decoder_and_its_skips_by_hand() -> None:
    assert formulas(stages("ab", "ab"), stages("ab", "a b")) == {
        "a": "d2a(d1ab(e2ab(e1ab(x))), e1ab(x))",
        "b": "d2b(d1ab(e2ab(e1ab(x))), e1ab(x))",
    }


def test_tasks_that_meet_take_the_mean_skips_too() -> None:
    assert formulas(stages("a b", "a b"), stages("ab", "ab"))["a"] == (
        "d2ab(d1ab(mean(e2a(e1a(x)), e2b(e1b(x)))), mean(e1a(x), e1b(x)))"
    )


def test_the_mean_is_of_distinct_values() -> None:
    assert formulas(stages("ab c"), stages("abc"))["a"] == "d1abc(mean(e1ab(x), e1c(x)))"


def test_heads_get_the_outputs_of_all_decoder_stages() -> None:
    outputs = walk(hard_sharing("ab", 1, 3), "x", Written())
    assert [len(values) for values in outputs.values()] == [3, 3]
    assert outputs["a"][0] == "d1ab(e1ab(x))"


@quick
@given(st.integers(0, 2**32), st.integers(1, 5))
def test_each_block_is_evaluated_once(two_trees: Any, seed: int, tasks: int) -> None:
    pattern = draw(two_trees, tuple("abcde"[:tasks]), random.Random(seed)).pattern
    algebra = Written()
    walk(pattern, "x", algebra)
    assert len(set(algebra.blocks)) == len(algebra.blocks)
    assert [block.name for block in list_blocks(pattern)] == algebra.blocks
    assert len(algebra.blocks) == sum(len(stage.groups) for stage in (*pattern.encoder, *pattern.decoder))


@pytest.mark.parametrize(
    ("encoder", "decoder", "skips"),
    [
        (4, 4, [None, 2, 1, 0]),
        (4, 3, [2, 1, 0]),
        (4, 5, [None, None, 2, 1, 0]),
        (1, 2, [None, None]),
        (4, 1, [0]),
    ],
)
def test_skips(encoder: int, decoder: int, skips: list[int | None]) -> None:
    assert [find_skip_scale(i, encoder_stages=encoder, decoder_stages=decoder) for i in range(decoder)] == skips
