from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spaces.choices import draw
from spaces.pattern.block import Block
from spaces.pattern.sharing_pattern import NoExchange, SharingPattern, hard_sharing, separate_decoders
from spaces.pattern.stage import Stage
from spaces.pattern.walk import list_blocks, skip_scale, walk

quick = settings(max_examples=50, deadline=None)  # on busy cores a deadline measures the neighbours


class Written:
    """The algebra of formulas: a value is the text of the computation that made it."""

    def __init__(self) -> None:
        self.blocks: list[str] = []
        self._same: dict[str, str] = {}

    def block(self, block: Block, inputs: tuple[str, ...]) -> str:
        self.blocks.append(block.name)
        return self._one(f"{block.part[0]}{block.stage + 1}{''.join(block.group)}({', '.join(inputs)})")

    def mean(self, values: tuple[str, ...]) -> str:
        return self._one(f"mean({', '.join(values)})")

    def _one(self, formula: str) -> str:
        return self._same.setdefault(formula, formula)


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


@quick
@given(st.integers(0, 2**32), st.integers(0, 2**32), st.integers(1, 4))
def test_keys_are_equal_where_computations_are(two_trees: Any, seed: int, other: int, tasks: int) -> None:
    names = tuple("abcd"[:tasks])
    one, two = (draw(two_trees, names, random.Random(number)).pattern for number in (seed, other))
    same = walk(one, "x", Written()) == walk(two, "x", Written())
    assert (one.key == two.key) == same


def test_keys_tell_tasks_and_depths_apart() -> None:
    patterns = [hard_sharing(tasks, depth, 4) for tasks in ("ab", "ac", "abc", "a", "b") for depth in (3, 4)]
    patterns += [separate_decoders("ab", 4, 4), hard_sharing("ab", 4, 3)]
    assert len({pattern.key for pattern in patterns}) == len(patterns)


def test_keys_are_the_same_in_every_process() -> None:
    program = "from spaces.pattern.sharing_pattern import hard_sharing; print(hard_sharing('ab', 4, 4).key)"
    root = Path(__file__).resolve().parents[3]
    printed = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True)
    assert printed.stdout.strip() == hard_sharing("ab", 4, 4).key


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
    assert [skip_scale(i, encoder_stages=encoder, decoder_stages=decoder) for i in range(decoder)] == skips


def test_names_of_blocks_count_from_1() -> None:
    assert Block("decoder", 1, ("depth", "normals")).name == "decoder2/depth+normals"
