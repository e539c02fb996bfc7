from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spaces.branching import Branching
from spaces.choices import Space, draw, enumerate_patterns
from spaces.fusion import Fusion
from spaces.gates import GatedEncoder
from spaces.joint import Joint
from spaces.pattern.exchange import NECKS, NORMS, Necks, NoExchange, Workspace
from spaces.pattern.features import compute_features, name_features, weigh_features
from spaces.pattern.mixing import FLOWS, Gated, Mixing, Routed
from spaces.pattern.option_features import EXCHANGE, ROUTING
from spaces.pattern.sharing_pattern import SharingPattern, hard_sharing, separate_decoders
from spaces.pattern.stage import Stage
from spaces.routing import Routing
from spaces.workspace import Workspaces
from tests.spaces.networks.mixes import STAGES, any_mixture
from tests.spaces.networks.mixes import TASKS as MIXED

TASKS = ("depth", "edges", "normals", "segmentation")
quick = settings(max_examples=50, deadline=None)  # on busy cores a deadline measures the neighbours


def test_equal_keys_have_equal_features_and_others_do_not() -> None:
    space = Fusion(encoder_stages=4, decoder_stages=5)
    keys_of: dict[tuple[float, ...], set[str]] = {}
    patterns = [proposal.pattern for proposal in enumerate_patterns(space, TASKS)]
    rng = random.Random(0)
    patterns += [draw(space, TASKS, rng).pattern for _ in range(500)]
    for pattern in patterns:
        keys_of.setdefault(compute_features(pattern), set()).add(pattern.key)
    assert len(keys_of) == 561
    assert all(len(keys) == 1 for keys in keys_of.values())


@pytest.mark.parametrize("count", [3, 4])
@pytest.mark.parametrize(
    "space",
    [
        Fusion(4, 4),
        Branching(4, 4),
        Routing(4, 4),
        GatedEncoder(4, 4),
        Workspaces(4, 4),
        Joint(4, 4, flows=FLOWS),
    ],
    ids=lambda space: space.name,
)
def test_keys_and_vectors_tell_the_same_patterns_apart(space: Space, count: int) -> None:
    rng = random.Random(count)
    check_apart([draw(space, TASKS[:count], rng).pattern for _ in range(1000)])


def test_keys_and_vectors_tell_the_same_mixtures_apart() -> None:
    check_apart([any_mixture(seed) for seed in range(1500)])


def check_apart(patterns: list[SharingPattern]) -> None:
    both = {(pattern.key, compute_features(pattern)) for pattern in patterns}
    assert len(both) == len({key for key, _ in both}) == len({vector for _, vector in both}) > 30


def test_groups_that_do_not_act_are_no_part() -> None:
    own, together = Routed(0.0, norm="task", layers=1), Stage((("a", "b", "c"),))
    last = Stage((("a",), ("b",), ("c",)))
    splits = [(("a", "b"), ("c",)), (("a",), ("b", "c")), together.groups]
    patterns = [
        SharingPattern((together, Stage(groups, own), last), (NoExchange(),) * 3, (last,) * 3) for groups in splits
    ]
    assert len({pattern.key for pattern in patterns}) == len(set(map(compute_features, patterns))) == 1


def test_of_patterns_by_hand_some_keys_have_one_vector_as_the_module_says() -> None:
    pair = (("a", "b"),)
    first, other = (
        SharingPattern(
            tuple(Stage(pair, Routed(0.5, flow=flow, layers=1)) for flow in (before, "shared")),
            (NoExchange(),) * 2,
            (Stage(pair),) * 2,
        )
        for before in FLOWS
    )
    assert first.key != other.key
    assert compute_features(first) == compute_features(other)


@quick
@given(st.integers(0, 2**32), st.integers(1, 5))
def test_one_number_from_0_to_1_per_name(two_trees: Any, seed: int, tasks: int) -> None:
    pattern = draw(two_trees, tuple("abcde"[:tasks]), random.Random(seed)).pattern
    stages = len(pattern.encoder)
    assert (
        len(compute_features(pattern))
        == len(name_features(pattern))
        == tasks * (tasks - 1) // 2 * (stages + len(pattern.decoder))
        + stages * (3 + tasks + len(ROUTING) + len(EXCHANGE))
    )
    assert len(set(name_features(pattern))) == len(name_features(pattern))
    assert all(0 <= value <= 1 for value in compute_features(pattern))


def test_ends_of_the_space() -> None:
    fused = dict(
        zip(name_features(hard_sharing(TASKS, 4, 4)), compute_features(hard_sharing(TASKS, 4, 4)), strict=True)
    )
    assert {value for name, value in fused.items() if "-" in name or name.endswith("shared")} == {1.0}
    assert {value for name, value in fused.items() if not ("-" in name or name.endswith("shared"))} == {0.0}
    assert compute_features(separate_decoders(("a", "b"), 4, 4))[:8] == (1.0,) * 4 + (0.0,) * 4


def test_by_hand() -> None:
    pattern = SharingPattern(
        encoder=(Stage((("a", "b", "c"),)), Stage((("a", "b"), ("c",)))),
        exchange=(NoExchange(), NoExchange()),
        decoder=tuple(map(Stage, ((("b", "c"), ("a",)),) * 3 + ((("a",), ("b",), ("c",)),))),
    )
    found = dict(zip(name_features(pattern), compute_features(pattern), strict=True))
    assert {name for name, value in found.items() if "-" in name and value} == {
        *("encoder.1.a-b", "encoder.2.a-b", "encoder.1.a-c", "encoder.1.b-c"),
        *("decoder.1.b-c", "decoder.2.b-c", "decoder.3.b-c"),
    }


def test_mixings_and_exchanges_by_hand() -> None:
    pair = (("a", "b"),)
    pattern = SharingPattern(
        encoder=(Stage(pair, Routed(0.75)), Stage(pair, Gated((("a", 0.25), ("b", 0.5))))),
        exchange=(NoExchange(), Workspace(slots=15, width=256, top_k=0.25, etf=64)),
        decoder=(Stage(pair), Stage(pair)),
    )
    found = dict(zip(name_features(pattern), compute_features(pattern), strict=True))
    told = {name: round(value, 3) for name, value in found.items() if "-" not in name and value}
    assert told == {
        "encoder.1.shared": 0.75,
        "encoder.1.routed": 1.0,
        **dict.fromkeys((f"encoder.1.primitive.{name}" for name in ("average", "identity", "max", "shift")), 1.0),
        "encoder.1.kernel": 0.333,
        "encoder.1.passes": 0.5,
        "encoder.1.norms": 0.75,
        "encoder.1.layers": 0.284,
        "encoder.2.shared": 0.625,
        "encoder.2.gated": 1.0,
        "encoder.2.rate.a": 0.25,
        "encoder.2.rate.b": 0.5,
        "scale.2.workspace": 1.0,
        "scale.2.slots": 0.5,
        "scale.2.width": 0.667,
        "scale.2.top_k": 0.25,
        "scale.2.etf": 0.25,
        "scale.2.overwrite": 1.0,
        "scale.2.one_weight": 1.0,
        "scale.2.tied_tasks": 1.0,
    }


@pytest.mark.parametrize("seed", range(40))
def test_mixtures_have_the_names_of_shared_patterns_and_numbers_from_0_to_1(seed: int) -> None:
    pattern, plain = any_mixture(seed), hard_sharing(MIXED, STAGES, STAGES)
    assert name_features(pattern) == name_features(plain)
    assert len(compute_features(pattern)) == len(compute_features(plain))
    assert all(0 <= value <= 1 for value in compute_features(pattern))


def test_pairs_come_first_encoder_before_decoder() -> None:
    names = name_features(hard_sharing(("c", "a", "b"), 2, 2))
    parts = [f"{part}.{stage}" for part in ("encoder", "decoder") for stage in (1, 2)]
    assert names[:12] == tuple(f"{part}.{pair}" for part in parts for pair in ("a-b", "a-c", "b-c"))
    assert names[12:18] == (
        *("encoder.1.shared", "encoder.1.routed", "encoder.1.gated"),
        *("encoder.1.rate.a", "encoder.1.rate.b", "encoder.1.rate.c"),
    )


def test_numbers_of_options_are_told_apart_however_large() -> None:
    pair = Stage((("a", "b"),))
    plain = SharingPattern((pair,), (NoExchange(),), (pair,))
    mixed: list[Mixing] = [
        *(Routed(ratio) for ratio in (0.0, 0.01, 0.5, 1.0)),
        *(Gated((("a", a), ("b", b))) for a, b in ((0.5, 0.5), (0.4, 0.6), (0.0, 0.0))),
    ]
    workspaces = [
        *(Workspace(slots=slots) for slots in (2, 3, 255, 256, 257, 300, 5000, 5001)),
        *(Workspace(width=width) for width in (1, 256, 512, 1024)),
        *(Workspace(top_k=top_k) for top_k in (0.01, 0.02, 1.0)),
        *(Workspace(neck=neck, norm=norm) for neck in NECKS for norm in NORMS if (neck, norm) != ("none", "none")),
    ]
    bare = [Necks("conv"), Necks("separable")]
    patterns = [plain, *(replace(plain, encoder=(Stage(pair.groups, mixing),)) for mixing in mixed)]
    patterns += [replace(plain, exchange=(each,)) for each in (*workspaces, *bare)]
    assert len({compute_features(pattern) for pattern in patterns}) == len(patterns)


def test_more_slots_are_a_larger_number_below_1() -> None:
    pair = Stage((("a", "b"),))
    counts = [2, 3, 8, 300, 10**6]
    patterns = [SharingPattern((pair,), (Workspace(slots=count),), (pair,)) for count in counts]
    numbers = [compute_features(each)[name_features(each).index("scale.1.slots")] for each in patterns]
    assert numbers == sorted(numbers)
    assert numbers[0] > 0
    assert numbers[-1] < 1


@pytest.mark.parametrize("space", [Routing(4, 4), Workspaces(4, 4), Joint(4, 4), Fusion(4, 4)])
def test_options_of_a_stage_count_as_one_feature_together_and_what_is_shared_in_full(space: Space) -> None:
    pattern = draw(space, ("a", "b", "c"), random.Random(1)).pattern
    names, weights = name_features(pattern), weigh_features(pattern)
    assert len(names) == len(weights) == len(compute_features(pattern))
    told = dict(zip(names, weights, strict=True))
    options = [value for name, value in told.items() if name.startswith("encoder.1.") and value < 1]
    assert sum(value**2 for value in options) == pytest.approx(1)
    kinds = [value for name, value in told.items() if name.startswith("scale.2.") and value < 1]
    assert sum(value**2 for value in kinds) == pytest.approx(1)
    assert told["encoder.1.a-b"] == told["decoder.2.b-c"] == told["encoder.2.shared"] == told["scale.1.slots"] == 1
