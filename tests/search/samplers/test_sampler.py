"""What a sampler of one's own has without saying it."""

from __future__ import annotations

import pytest

from search.problem.objectives import DELTA_MTL
from search.problem.problem import Problem
from search.samplers.sampler import Draw, Sampler
from spaces.fusion import Fusion
from spaces.networks.cost import Cost

PROBLEM = Problem(Fusion(2, 2), ("depth", "normals"), (DELTA_MTL,), lambda pattern: Cost(1, 1))


class First(Sampler):
    def propose(self, problem, history, seed) -> Draw:
        return Draw({})


def test_a_proposal_is_all_that_has_to_be_written() -> None:
    sampler = First()
    sampler.check(PROBLEM)
    assert (sampler.probe, sampler.most(PROBLEM), sampler.foretells) == (None, None, False)
    assert sampler.marks(PROBLEM, []) == {}
    with pytest.raises(TypeError, match="abstract"):
        Sampler()  # type: ignore[abstract]


def test_a_draw_is_tried_once_and_notes_are_its_own() -> None:
    one, two = Draw({}), Draw({})
    assert (one.tries, one.gain) == (1, None)
    one.notes["generation"] = 1
    assert two.notes == {}
