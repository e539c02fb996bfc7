"""What every space promises, so that any sampler can drive it and any store can hold its choices."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice, permutations, product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spaces.branching import Branching
from spaces.choices import (
    Choose,
    Proposal,
    Space,
    climb,
    count_patterns,
    cover,
    draw,
    enumerate_patterns,
    mutate,
    replay,
)
from spaces.drawing.svg import draw_svg
from spaces.drawing.text import draw_text
from spaces.fusion import Fusion
from spaces.gates import GatedEncoder
from spaces.joint import Joint
from spaces.pattern.features import compute_features, name_features
from spaces.pattern.sharing_pattern import SharingPattern, hard_sharing
from spaces.pattern.stage import Stage
from spaces.routing import Routing
from spaces.workspace import Workspaces

SPACES: list[Space] = [
    Fusion(encoder_stages=4, decoder_stages=4),
    Fusion(encoder_stages=1, decoder_stages=5),
    Branching(4, 4),
    Branching(1, 2),
    Routing(4, 4),
    Routing(1, 1, ratios=(0.0, 0.5), primitive_sets=("max", "shift"), norms=("task",), layers=1),
    GatedEncoder(4, 4),
    GatedEncoder(2, 1, rates=(0.25, 0.5)),
    Workspaces(4, 4),
    Workspaces(3, 2, scales=(3,), slots=(4,), widths=(16,)),
    Joint(4, 4),
    Joint(1, 1, ratios=(0.5,), primitive_sets=("max",), rates=(0.25,), slots=(4,), top_ks=(1.0,), etfs=(0,)),
]
TASKS = ("segmentation", "depth", "surface_normals.v2", "my-edges")

every_space = pytest.mark.parametrize("space", SPACES, ids=lambda space: f"{space.name}-{SPACES.index(space)}")
seeds = st.integers(0, 2**32)
quick = settings(max_examples=50, deadline=None)  # on busy cores a deadline measures the neighbours


def test_there_are_spaces() -> None:
    assert SPACES


@dataclass(frozen=True)
class Nested:
    """A space whose last decision comes up for one answer in ten."""

    name: str = "nested"

    def sample(self, choose: Choose, tasks: Sequence[str]) -> SharingPattern:
        if choose("common", tuple(range(10))) == 7:
            choose("rare", tuple(range(8)))
        return hard_sharing(tasks, 1, 1)

    def anchors(self, tasks: Sequence[str]) -> dict[str, Proposal]:
        return {}


@every_space
def test_names_and_options_suit_every_store_and_sampler(space: Space) -> None:
    options_of: dict[str, tuple[Any, ...]] = {}
    rng = random.Random(0)
    for _ in range(200):
        asked: list[str] = []

        def choose(name: str, options: Sequence[Any], asked: list[str] = asked) -> Any:
            asked.append(name)
            assert options_of.setdefault(name, tuple(options)) == tuple(options), "options differ between draws"
            return rng.choice(options)

        space.sample(choose, TASKS)
        assert len(set(asked)) == len(asked), "a name is asked for twice"
    for name, options in options_of.items():
        assert re.fullmatch(r"[A-Za-z0-9_. -]+", name)
        assert options
        assert len(set(options)) == len(options)
        assert all(option is None or isinstance(option, (bool, int, float, str)) for option in options)


@every_space
@quick
@given(seed=seeds)
def test_draw_is_determined_by_the_seed(space: Space, seed: int) -> None:
    assert draw(space, TASKS, random.Random(seed)) == draw(space, TASKS, random.Random(seed))


@every_space
@quick
@given(seed=seeds)
def test_replayed_choices_give_the_same_pattern(space: Space, seed: int) -> None:
    proposal = draw(space, TASKS, random.Random(seed))
    stored = json.loads(json.dumps(proposal.choices))
    assert replay(space, TASKS, stored) == proposal


@every_space
@quick
@given(seed=seeds, tasks=st.permutations(TASKS))
def test_the_order_of_the_tasks_does_not_matter(space: Space, seed: int, tasks: list[str]) -> None:
    proposal = draw(space, TASKS, random.Random(seed))
    again = replay(space, tasks, proposal.choices)
    assert again == proposal
    assert again.pattern.key == proposal.pattern.key


@every_space
@quick
@given(seed=seeds)
def test_the_order_of_groups_and_members_does_not_matter(space: Space, seed: int) -> None:
    rng = random.Random(seed)
    pattern = draw(space, TASKS, rng).pattern

    def shuffled(stage: Stage) -> Stage:
        groups = tuple(tuple(rng.sample(group, len(group))) for group in stage.groups)
        return Stage(tuple(rng.sample(groups, len(groups))), stage.mixing)

    again = SharingPattern(
        tuple(map(shuffled, pattern.encoder)), pattern.exchange, tuple(map(shuffled, pattern.decoder))
    )
    assert again == pattern
    assert again.key == pattern.key


@every_space
@quick
@given(seed=seeds)
def test_json_round_trip(space: Space, seed: int) -> None:
    pattern = draw(space, TASKS, random.Random(seed)).pattern
    again = SharingPattern.from_json(json.loads(json.dumps(pattern.to_json())))
    assert again == pattern
    assert again.key == pattern.key
    assert re.fullmatch("[0-9a-f]{16}", pattern.key)


@every_space
@quick
@given(seed=seeds)
def test_mutation_is_valid_and_differs(space: Space, seed: int) -> None:
    rng = random.Random(seed)
    start = draw(space, TASKS, rng)
    mutant = mutate(space, TASKS, start, rng)
    assert replay(space, TASKS, mutant.choices) == mutant
    assert mutant.pattern.key != start.pattern.key


@every_space
def test_enumeration_lists_each_key_once_and_everything_that_is_drawn(space: Space) -> None:
    tasks = TASKS[:3]
    if count_patterns(space, tasks, at_most=200) == 200:
        pytest.skip("too large to list")
    listed = {proposal.pattern.key: proposal for proposal in enumerate_patterns(space, tasks)}
    assert len(listed) == count_patterns(space, tasks)
    assert all(replay(space, tasks, proposal.choices) == proposal for proposal in listed.values())
    rng = random.Random(0)
    assert {draw(space, tasks, rng).pattern.key for _ in range(300)} <= set(listed)


@every_space
def test_anchors_are_in_the_space_and_differ(space: Space) -> None:
    anchors = space.anchors(TASKS)
    assert anchors
    assert all(replay(space, TASKS, proposal.choices) == proposal for proposal in anchors.values())
    assert len({proposal.pattern.key for proposal in anchors.values()}) == len(anchors)
    assert space.anchors(TASKS[::-1]) == anchors


@every_space
def test_cover_shows_every_pair_of_options_of_two_decisions(space: Space) -> None:
    options_of: dict[str, tuple[Any, ...]] = {}

    def note(name: str, options: Sequence[Any]) -> Any:
        options_of[name] = tuple(options)
        return options[0]

    space.sample(note, TASKS)
    shown: set[tuple[Any, ...]] = set()
    covered = list(cover(space, TASKS, random.Random(0)))
    for proposal in covered:
        shown.update(product(proposal.choices.items(), repeat=2))
    for one, other in permutations(options_of, 2):
        assert {((one, a), (other, b)) for a in options_of[one] for b in options_of[other]} <= shown
    assert len(covered) < 200
    assert covered == list(cover(space, TASKS, random.Random(0)))


def test_cover_comes_by_decisions_that_other_answers_lead_past() -> None:
    shown = {
        (name, option)
        for proposal in cover(Nested(), TASKS, random.Random(0))
        for name, option in proposal.choices.items()
    }
    assert {option for name, option in shown if name == "rare"} == set(range(8))


@every_space
@settings(quick, max_examples=12)  # each looks at hundreds of patterns
@given(seed=seeds)
def test_climbing_never_goes_down_and_ends_in_the_space(space: Space, seed: int) -> None:
    rng = random.Random(seed)
    weights = [rng.random() - 0.5 for _ in compute_features(draw(space, TASKS, rng).pattern)]

    def worth(pattern: SharingPattern) -> float:
        return sum(weight * value for weight, value in zip(weights, compute_features(pattern), strict=True))

    start = draw(space, TASKS, rng)
    best = climb(space, TASKS, start, worth)
    assert worth(best.pattern) >= worth(start.pattern)
    assert replay(space, TASKS, best.choices) == best
    assert climb(space, TASKS, best, worth) == best


@every_space
def test_enumeration_has_one_order(space: Space) -> None:
    first = list(islice(enumerate_patterns(space, TASKS), 50))
    for tasks in islice(permutations(TASKS), 3):
        assert list(islice(enumerate_patterns(space, tasks), 50)) == first


@every_space
@quick
@given(seed=seeds)
def test_every_pattern_has_features_and_pictures(space: Space, seed: int) -> None:
    rng = random.Random(seed)
    one, other = draw(space, TASKS, rng).pattern, draw(space, TASKS, rng).pattern
    assert name_features(one) == name_features(other)
    assert len(compute_features(one)) == len(name_features(one))
    assert all(task in draw_text(one) and task in draw_svg(one) for task in TASKS)
