from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from spaces import choices, space
from spaces.errors import PatternError
from spaces.fusion import Fusion
from spaces.pattern.sharing_pattern import SharingPattern, hard_sharing
from spaces.space import Choose, Proposal, record

TASKS = ("depth", "normals", "segmentation")
FUSION = Fusion(encoder_stages=4, decoder_stages=4)


@dataclass(frozen=True)
class Forgetful:
    """A space that uses one name for two decisions."""

    name: str = "forgetful"

    def sample(self, choose: Choose, tasks: Sequence[str]) -> SharingPattern:
        choose("depth", (1, 2))
        return hard_sharing(tasks, 1, choose("depth", (1, 2)))

    def anchors(self, tasks: Sequence[str]) -> dict[str, Proposal]:
        return {}


def test_record_keeps_what_was_chosen_in_the_order_asked() -> None:
    proposal = record(FUSION, TASKS, lambda name, options: options[-1])
    assert list(proposal.choices.items()) == [
        ("parent.normals", "depth"),
        ("depth.normals", 4),
        ("parent.segmentation", "normals"),
        ("depth.segmentation", 4),
    ]
    assert proposal.pattern == hard_sharing(TASKS, 4, 4)


def test_a_name_is_a_decision() -> None:
    with pytest.raises(PatternError) as refused:
        record(Forgetful(), TASKS, lambda name, options: options[0])
    assert str(refused.value) == "space 'forgetful' asks for 'depth' twice: want a name a decision"


def test_users_find_it_where_they_find_everything_else() -> None:
    assert (choices.record, choices.Proposal, choices.Space) == (space.record, space.Proposal, space.Space)
