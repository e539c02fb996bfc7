from __future__ import annotations

import random
from typing import Any

import pytest

from search.config.composition import compose
from spaces.choices import count_patterns, draw, record, replay
from spaces.errors import ConfigError, PatternError
from spaces.joint import Joint
from spaces.pattern.exchange import NoExchange, Workspace
from spaces.pattern.mixing import PRIMITIVES, Gated, Routed
from spaces.pattern.sharing_pattern import hard_sharing, separate_decoders
from spaces.pattern.stage import SHARED

TASKS = ("depth", "normals", "segmentation")
SPACE = Joint(3, 2, flows=("mixed", "shared"))
FIRST = record(SPACE, TASKS, lambda name, options: options[0]).choices


def key(**changed: Any) -> str:
    return replay(SPACE, TASKS, {**FIRST, **changed}).pattern.key


def test_every_axis_is_drawn() -> None:
    drawn = replay(
        SPACE,
        TASKS,
        {
            **FIRST,
            "parent.normals": "depth",
            "depth.normals": 1,
            "mixing.2": "routed",
            "mixing.3": "gated",
            "ratio": 0.75,
            "rate.segmentation": 0.5,
            "scale.2": True,
            "slots": 8,
        },
    ).pattern
    routed = Routed(0.75, ("dilated", "identity", "random"), flow="mixed")
    gated = Gated((("depth", 0.1), ("normals", 0.1), ("segmentation", 0.5)))
    assert [stage.mixing for stage in drawn.encoder] == [SHARED, routed, gated]
    assert {stage.groups for stage in drawn.encoder} == {(TASKS,)}
    assert drawn.exchange == (NoExchange(), Workspace(slots=8, width=16, top_k=0.25), NoExchange())
    assert drawn.decoder[0].groups == (("depth", "normals"), ("segmentation",))
    assert drawn.decoder[1].groups == (("depth",), ("normals",), ("segmentation",))


def test_what_is_written_back_counts_in_full_so_that_everything_learns_from_the_start() -> None:
    exchange = SPACE.anchors(TASKS)["most of everything"].pattern.exchange
    assert {each.broadcast for each in exchange if isinstance(each, Workspace)} == {"one"}


def test_tasks_have_necks_where_they_exchange_and_nowhere_else() -> None:
    """So that hard sharing and plain separate decoders stay in the space."""
    space = Joint(3, 2, neck="conv", norm="cosine")
    drawn = replay(space, TASKS, {**FIRST, "flow": "shared", "scale.2": True}).pattern
    workspace = Workspace(slots=4, width=16, top_k=0.25, neck="conv", norm="cosine")
    assert drawn.exchange == (NoExchange(), workspace, NoExchange())
    assert space.anchors(TASKS)["all fused"].pattern == hard_sharing(TASKS, 3, 2)


def test_usual_workspaces_are_those_that_were_seen_to_act() -> None:
    """Without necks there is nothing to exchange, and without a norm attention is even."""
    settings = {name: compose([f"space={name}"]).plain["space"] for name in ("joint", "workspace")}
    assert [settings["joint"][key] for key in ("neck", "norm")] == ["separable", "cosine"]
    assert [settings["workspace"][key] for key in ("neck", "norm")] == ["separable", "cosine"]


def test_usual_routed_stages_mix_channels() -> None:
    """Grouped with shared flow they hardly do: a channel of the last stage sees 2.4 of 16 of the first."""
    space = compose(["space=joint"]).space
    pattern = space.sample(lambda name, options: "routed" if "mixing" in name else options[0], TASKS)
    made = [stage.mixing for stage in pattern.encoder if isinstance(stage.mixing, Routed)]
    assert len(made) == space.encoder_stages
    assert all((each.recombination, each.flow) != ("grouped", "shared") for each in made)


def test_everything_shared_separate_decoders_and_the_most_of_everything_are_anchors() -> None:
    anchors = {name: proposal.pattern for name, proposal in SPACE.anchors(TASKS).items()}
    assert list(anchors) == ["all fused", "all separate", "most of everything"]
    assert anchors["all fused"] == hard_sharing(TASKS, 3, 2)
    assert anchors["all separate"] == separate_decoders(TASKS, 3, 2)
    most = anchors["most of everything"]
    assert most.decoder == separate_decoders(TASKS, 3, 2).decoder
    assert {stage.mixing.kind for stage in most.encoder} == {"gated"}
    assert not any(isinstance(each, NoExchange) for each in most.exchange)


@pytest.mark.parametrize(
    ("acting", "idle"),
    [
        ({"mixing.2": "routed"}, {"ratio": 0.75}),
        ({"mixing.2": "routed"}, {"primitives": "identity+shift"}),
        ({"mixing.2": "gated"}, {"rate.normals": 0.5}),
        ({"scale.2": True}, {"slots": 8}),
        ({"scale.2": True}, {"top_k": 1.0}),
        ({"scale.2": True}, {"etf": 16}),
    ],
)
def test_options_enter_the_key_only_where_they_act(acting: dict[str, Any], idle: dict[str, Any]) -> None:
    assert key(**idle) == key()
    assert key(**acting, **idle) != key(**acting)


def test_the_flow_enters_the_key_where_streams_differ() -> None:
    assert key(flow="shared") == key()
    both = {"mixing.1": "routed", "mixing.2": "routed"}
    assert key(**both, flow="shared") != key(**both)


def test_so_many_keys() -> None:
    """Decoders fused or not, an exchange or none."""
    assert count_patterns(Joint(1, 1, mixings=("shared",), slots=(4,), top_ks=(1.0,), etfs=(0,)), TASKS[:2]) == 4


def test_one_task_is_refused() -> None:
    with pytest.raises(PatternError) as caught:
        draw(SPACE, ("depth",), random.Random(0))
    assert str(caught.value) == (
        "joint sharing of depth alone: gates choose and exchanges go between tasks; want at least two in data.tasks"
    )


@pytest.mark.parametrize("tasks", [(), ("depth", "depth")])
def test_tasks_without_a_network_are_refused(tasks: tuple[str, ...]) -> None:
    with pytest.raises(PatternError):
        draw(SPACE, tasks, random.Random(0))


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("mixings", ["fused"], "space.mixings=['fused']: want one or more of shared, routed, gated"),
        ("mixings", [], "space.mixings=[]: want a list of at least 1 distinct names"),
        ("ratios", [2], "space.ratios=[2.0]: ratio=2.0: want a number from 0 to 1"),
        ("rates", [2], "space.rates=[2.0]: rate of task=2.0: want a number from 0 to 1"),
        ("rates", [0.5, 0.5], "space.rates=[0.5, 0.5]: want distinct options"),
        (
            "primitive_sets",
            ["blur"],
            f"space.primitive_sets=['blur']: primitive 'blur' is unknown: want one of {', '.join(PRIMITIVES)}",
        ),
        ("flows", ["both"], "space.flows=['both']: flow 'both' is unknown: want one of mixed, shared"),
        (
            "top_ks",
            [2],
            "space.top_ks=[2.0]: top_k=2.0: want a share of the tokens, > 0 and <= 1; a slot cannot attend to more "
            "tokens than there are",
        ),
        (
            "width",
            8,
            "space.etfs=[0, 16]: etf=16, width=8: want from 2 to 8 frame vectors, as many as the width at most, or 0 "
            "for no frame",
        ),
        ("slots", [0], "space.slots=[0]: want a list of at least 1 whole numbers >= 1"),
        ("neck", "wide", "space.neck=wide: want one of conv, none, separable"),
        ("norm", "layer", "space.norm=layer: want one of cosine, none, tokens"),
    ],
)
def test_wrong_fields_are_refused(field: str, value: Any, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Joint(2, 2, **{field: value})
    assert str(caught.value) == message
