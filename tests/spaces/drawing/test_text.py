from __future__ import annotations

import random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from spaces.choices import draw
from spaces.drawing.text import draw_text
from spaces.pattern.sharing_pattern import uniform
from tests.spaces.drawing.letters import pattern_of

TASKS = ("depth", "normals", "segmentation")
MORE_TASKS = (*TASKS, "edges", "autoencoder")
quick = settings(max_examples=50, deadline=None)  # on busy cores a deadline measures the neighbours


def test_text_of_a_fused_decoder() -> None:
    pair = (("depth", "normals"), ("segmentation",))
    apart = (("depth",), ("normals",), ("segmentation",))
    assert draw_text(uniform(TASKS, 2, [(TASKS,), pair, apart])).splitlines() == [
        "      encoder 1   2 decoder 1   2   3",
        "image ─────────■───■─────────■─┬─■─┬─■─── depth",
        "                               │   └─■─── normals",
        "                               └─■───■─── segmentation",
    ]


def test_text_of_a_split_encoder_goes_on_where_the_decoder_keeps_its_groups() -> None:
    pattern = pattern_of([["ac", "b"]], [["ac", "b"], ["a", "b", "c"]])
    assert draw_text(pattern).splitlines() == [
        "      encoder 1 decoder 1   2",
        "image ───────┬─■─────────■─┬─■─── a",
        "             │             └─■─── c",
        "             └─■─────────■───■─── b",
    ]


def test_text_draws_apart_what_meets_again() -> None:
    pattern = pattern_of([["abc"], ["ab", "c"]], [["ac", "b"]])
    assert draw_text(pattern).splitlines() == [
        "      encoder 1   2",
        "image ─────────■─┬─■─── e1: a, b",
        "                 └─■─── e2: c",
        "",
        "             decoder 1",
        "mean(e1, e2) ─────────■─┬─ a",
        "                        └─ c",
        "e1           ─────────■─── b",
    ]


@quick
@given(st.integers(0, 2**32), st.integers(1, 5))
def test_text_shows_each_block_and_each_task_once(two_trees: Any, seed: int, tasks: int) -> None:
    pattern = draw(two_trees, MORE_TASKS[:tasks], random.Random(seed)).pattern
    drawn = draw_text(pattern)
    assert drawn.count("■") == sum(len(stage.groups) for stage in (*pattern.encoder, *pattern.decoder))
    ends = [line.split("─ ")[-1] for line in drawn.splitlines()]
    assert all(ends.count(task) == 1 for task in pattern.tasks)
    assert all(line == line.rstrip() and len(line) < 100 for line in drawn.splitlines())
