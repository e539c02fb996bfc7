"""What is learned of memory: by how much more trainings take, and what does not fit."""

from __future__ import annotations

import pytest

from search.problem.training_memory import LEAST, TrainingMemory
from spaces.pattern.sharing_pattern import SharingPattern, hard_sharing, separate_decoders

SMALL, LARGE = hard_sharing(["a", "b"], 2, 2), separate_decoders(["a", "b"], 2, 2)
BYTES = {SMALL.key: 10**9, LARGE.key: 2 * 10**9}


def foretell(pattern: SharingPattern) -> int:
    return BYTES[pattern.key]


def test_everything_fits_where_there_is_no_limit_and_nothing_is_computed() -> None:
    def refuse(pattern: SharingPattern) -> int:
        raise AssertionError("asked for nothing")

    assert TrainingMemory(refuse, None).allows(LARGE)


def test_a_limit_counts_what_was_foretold_until_trainings_tell_better() -> None:
    memory = TrainingMemory(foretell, 1.5)
    assert (memory.allows(SMALL), memory.allows(LARGE)) == (True, False)
    memory.learn(SMALL, 600_000_000, starved=False)
    assert memory.tell(LARGE) == pytest.approx(1.2e9)
    assert memory.allows(LARGE)
    memory.learn(LARGE, 4 * 10**9, starved=False)
    assert memory.ratio == pytest.approx((0.6 + 2.0) / 2)
    assert (memory.allows(SMALL), memory.allows(LARGE)) == (True, False)


def test_nothing_that_holds_as_much_as_what_starved_is_tried_again() -> None:
    memory = TrainingMemory(foretell, None)
    memory.learn(LARGE, 0, starved=True)
    assert (memory.allows(SMALL), memory.allows(LARGE)) == (True, False)
    memory.learn(SMALL, 0, starved=True)
    assert not memory.allows(SMALL)


def test_what_was_not_measured_or_is_far_off_does_not_lead_astray() -> None:
    memory = TrainingMemory(foretell, 1.0)
    memory.learn(SMALL, 0, starved=False)
    assert memory.ratio == 1.0
    memory.learn(SMALL, 1, starved=False)
    assert memory.ratio == LEAST
