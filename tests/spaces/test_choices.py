from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from spaces.choices import Choose, Proposal, Space, draw, mutate, replay
from spaces.errors import PatternError
from spaces.fusion import Fusion
from spaces.pattern.sharing_pattern import SharingPattern, hard_sharing
from tests.spaces.conditional import Conditional

TASKS = ("depth", "normals", "segmentation")
FUSION = Fusion(encoder_stages=4, decoder_stages=4)


@dataclass(frozen=True)
class Forgetful:
    """A space that uses one name for two decisions."""

    name: str = "forgetful"

    def sample(self, choose: Choose, tasks: Sequence[str]) -> SharingPattern:
        return hard_sharing(tasks, choose("stages", (1, 2)), choose("stages", (1, 2)))

    def anchors(self, tasks: Sequence[str]) -> dict[str, Proposal]:
        return {}


def test_draw_is_determined_by_the_seed_and_uses_it() -> None:
    drawn = [draw(FUSION, TASKS, random.Random(seed)) for seed in range(20)]
    assert drawn == [draw(FUSION, TASKS, random.Random(seed)) for seed in range(20)]
    assert len({proposal.pattern.key for proposal in drawn}) > 5


def test_replay_takes_numbers_as_a_file_holds_them() -> None:
    proposal = replay(FUSION, ("a", "b"), {"parent.b": "a", "depth.b": 2.0})
    assert repr(proposal.choices["depth.b"]) == "2"


@pytest.mark.parametrize(
    ("space", "choices", "message"),
    [
        (FUSION, {"parent.b": "a"}, "choice 'depth.b' is missing: want one of 0, 1, 2, 3, 4"),
        (
            FUSION,
            {"parent.b": "a", "depth.b": 7},
            "choice depth.b=7 is unknown: want one of 0, 1, 2, 3, 4",
        ),
        (
            FUSION,
            {"parent.b": "a", "depth.b": 1, "depth.c": 0},
            "space 'fusion' asks for no choice depth.c here: want exactly parent.b, depth.b",
        ),
        (Forgetful(), {"stages": 1}, "space 'forgetful' asks for 'stages' twice: want a name a decision"),
    ],
)
def test_choices_that_cannot_be_replayed_are_refused(space: Space, choices: dict[str, int], message: str) -> None:
    with pytest.raises(PatternError) as caught:
        replay(space, ("a", "b"), choices)
    assert str(caught.value) == message


@pytest.mark.parametrize("seed", range(20))
def test_mutation_changes_one_decision_and_the_key(seed: int) -> None:
    rng = random.Random(seed)
    start = draw(FUSION, TASKS, rng)
    mutant = mutate(FUSION, TASKS, start, rng)
    assert mutant.pattern.key != start.pattern.key
    assert list(mutant.choices) == list(start.choices)
    assert sum(mutant.choices[name] != value for name, value in start.choices.items()) == 1


def test_mutation_is_determined_by_the_seed_and_uses_it() -> None:
    start = draw(FUSION, TASKS, random.Random(0))

    def mutants() -> list[str]:
        return [mutate(FUSION, TASKS, start, random.Random(seed)).pattern.key for seed in range(30)]

    assert mutants() == mutants()
    assert len(set(mutants())) > 3


def test_mutations_lead_everywhere() -> None:
    rng = random.Random(0)
    here, seen = draw(FUSION, TASKS, rng), set()
    for _ in range(1000):
        here = mutate(FUSION, TASKS, here, rng)
        seen.add(here.pattern.key)
    assert len(seen) == 35


def test_mutation_answers_questions_that_come_up_and_forgets_those_that_do_not() -> None:
    rng = random.Random(0)
    up = [mutate(Conditional(), TASKS, replay(Conditional(), TASKS, {"style": "fused"}), rng) for _ in range(20)]
    assert {tuple(proposal.choices.items()) for proposal in up} == {
        (("style", "partly"), ("first", True)),
        (("style", "partly"), ("first", False)),
    }
    start = replay(Conditional(), TASKS, {"style": "partly", "first": True})
    down = [mutate(Conditional(), TASKS, start, rng) for _ in range(20)]
    assert {len(proposal.choices) for proposal in down} == {1, 2}


def test_where_nothing_can_change_mutation_gives_the_pattern_back() -> None:
    start = draw(FUSION, ("depth",), random.Random(0))
    assert mutate(FUSION, ("depth",), start, random.Random(0)) == start
