from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from spaces.choices import draw
from spaces.pattern.key import network_key
from spaces.pattern.mixing import Gated
from spaces.pattern.sharing_pattern import NoExchange, SharingPattern, hard_sharing, separate_decoders
from spaces.pattern.stage import Stage
from spaces.pattern.walk import walk
from tests.spaces.pattern.formulas import Written

quick = settings(max_examples=50, deadline=None)  # on busy cores a deadline measures the neighbours


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


def test_of_a_pruned_network_target_rates_are_no_part() -> None:
    def gated(rate: float) -> SharingPattern:
        groups, apart = (("a", "b"),), (("a",), ("b",))
        return SharingPattern((Stage(groups, Gated((("a", rate), ("b", 0.5)))),), (NoExchange(),), (Stage(apart),))

    masks = {"encoder1/a+b/gated": [{"own": "10"}]}
    others = {"encoder1/a+b/gated": [{"own": "01"}]}
    assert gated(0.1).key != gated(0.2).key
    assert network_key(gated(0.1), masks) == network_key(gated(0.2), masks)
    assert network_key(gated(0.1), masks) not in (network_key(gated(0.1), others), gated(0.1).key)


def test_exchanged_masks_are_one_network_where_a_decoder_cannot_tell_the_tasks_apart() -> None:
    trio = (("a", "b", "c"),)
    gates = Stage(trio, Gated((("a", 0.1), ("b", 0.1), ("c", 0.1))))
    name = "encoder{}/a+b+c/gated"

    def key(rows: dict[str, str], others: dict[str, str], last: Any) -> str:
        pattern = SharingPattern((Stage(trio), gates, gates), (NoExchange(),) * 3, (Stage(trio), Stage(last)))
        return network_key(pattern, {name.format(2): [rows], name.format(3): [others, rows]})

    first, other = {"a": "10", "b": "01", "c": "00"}, {"a": "01", "b": "10", "c": "00"}
    for last in (trio, (("a",), ("b",), ("c",))):  # which reads the first scale, in front of the gates
        assert key(first, first, last) == key(other, other, last)
    assert key(first, first, trio) != key(first, other, trio)  # masks go along from stage to stage
    apart = SharingPattern((gates,), (NoExchange(),), (Stage((("a",), ("b",), ("c",))),))
    assert network_key(apart, {name.format(1): [first]}) != network_key(apart, {name.format(1): [other]})
