from __future__ import annotations

from spaces.choices import record
from spaces.fusion import Fusion
from spaces.pattern.sharing_pattern import hard_sharing

TASKS = ("depth", "normals", "segmentation")
FUSION = Fusion(encoder_stages=4, decoder_stages=4)


def test_record_keeps_what_was_chosen_in_the_order_asked() -> None:
    proposal = record(FUSION, TASKS, lambda name, options: options[-1])
    assert list(proposal.choices.items()) == [
        ("parent.normals", "depth"),
        ("depth.normals", 4),
        ("parent.segmentation", "normals"),
        ("depth.segmentation", 4),
    ]
    assert proposal.pattern == hard_sharing(TASKS, 4, 4)
