from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from spaces.choices import draw
from spaces.pattern.sharing_pattern import hard_sharing, separate_decoders
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
