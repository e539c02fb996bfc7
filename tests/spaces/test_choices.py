from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from spaces.choices import Choose, Proposal, Space, count_patterns, draw, enumerate_patterns, mutate, record, replay
from spaces.errors import PatternError
from spaces.fusion import Fusion
from spaces.pattern.sharing_pattern import SharingPattern, hard_sharing, separate_decoders, uniform

TASKS = ("depth", "normals", "segmentation")
FUSION = Fusion(encoder_stages=4, decoder_stages=4)


@dataclass(frozen=True)
class Conditional:
    """A space whose second question depends on the first answer; 2 + 1 + 1 choices make 3 patterns."""

    name: str = "conditional"

    def sample(self, choose: Choose, tasks: Sequence[str]) -> SharingPattern:
        style = choose("style", ("partly", "fused", "fused too"))
        if style != "partly":
            return hard_sharing(tasks, 1, 2)
        apart = tuple((task,) for task in tasks)
        first = choose("first", (True, False))
        return uniform(tasks, 1, [(tuple(tasks),) if first else apart, apart])

    def anchors(self, tasks: Sequence[str]) -> dict[str, Proposal]:
        return {}


@dataclass(frozen=True)
class Labelled(SharingPattern):
    """A pattern with an option that changes nothing that is computed."""

    label: str


@dataclass(frozen=True)
class Idle:
    """A space in which different patterns have one key."""

    name: str = "idle"

    def sample(self, choose: Choose, tasks: Sequence[str]) -> SharingPattern:
        fused = hard_sharing(tasks, 1, 2) if choose("fused", (True, False)) else separate_decoders(tasks, 1, 2)
        return Labelled(fused.encoder, fused.exchange, fused.decoder, choose("label", ("a", "b", "c")))

    def anchors(self, tasks: Sequence[str]) -> dict[str, Proposal]:
        return {}


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


def test_enumeration_finds_what_draws_find() -> None:
    rng = random.Random(0)
    drawn = {draw(FUSION, TASKS, rng).pattern.key for _ in range(1500)}
    listed = [proposal.pattern.key for proposal in enumerate_patterns(FUSION, TASKS)]
    assert Counter(listed) == Counter(drawn)
    assert len(listed) == 35


def test_enumeration_follows_conditions_and_gives_each_key_once() -> None:
    proposals = list(enumerate_patterns(Conditional(), TASKS))
    assert [proposal.choices for proposal in proposals] == [
        {"style": "partly", "first": True},
        {"style": "partly", "first": False},
        {"style": "fused"},
    ]
    assert proposals[1].pattern == separate_decoders(TASKS, 1, 2)


def test_record_keeps_what_was_chosen_in_the_order_asked() -> None:
    proposal = record(FUSION, TASKS, lambda name, options: options[-1])
    assert list(proposal.choices.items()) == [
        ("parent.normals", "depth"),
        ("depth.normals", 4),
        ("parent.segmentation", "normals"),
        ("depth.segmentation", 4),
    ]
    assert proposal.pattern == hard_sharing(TASKS, 4, 4)


def test_patterns_with_one_key_are_one() -> None:
    assert [proposal.choices for proposal in enumerate_patterns(Idle(), TASKS)] == [
        {"fused": True, "label": "a"},
        {"fused": False, "label": "a"},
    ]
    rng = random.Random(0)
    start = draw(Idle(), TASKS, rng)
    assert all(mutate(Idle(), TASKS, start, rng).pattern.key != start.pattern.key for _ in range(20))


def test_count_stops_where_told() -> None:
    assert count_patterns(FUSION, TASKS) == 35
    assert count_patterns(FUSION, TASKS, at_most=10) == 10
    assert count_patterns(FUSION, TASKS, at_most=1000) == 35


def test_a_large_space_is_entered_without_walking_through_it() -> None:
    assert count_patterns(Fusion(4, 5), tuple("abcdefghijklmnop"), at_most=50) == 50


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
