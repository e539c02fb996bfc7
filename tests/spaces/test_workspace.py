from __future__ import annotations

import random
from typing import Any

import pytest

from spaces.choices import count_patterns, draw, record, replay
from spaces.errors import ConfigError, PatternError
from spaces.pattern.exchange import Necks, NoExchange, Workspace
from spaces.pattern.sharing_pattern import separate_decoders
from spaces.workspace import Workspaces

TASKS = ("depth", "normals", "segmentation")
SPACE = Workspaces(3, 3)
FIRST = record(SPACE, TASKS, lambda name, options: options[0]).choices
OTHERS = (("slots", 16), ("width", 32), ("top_k", 1.0), ("etf", 16))


def key(space: Workspaces, **changed: Any) -> str:
    return replay(space, TASKS, {**FIRST, **changed}).pattern.key


def test_one_workspace_stands_at_the_chosen_scales_between_a_shared_encoder_and_separate_decoders() -> None:
    drawn = replay(SPACE, TASKS, {**FIRST, "scale.1": True, "scale.3": True, **dict(OTHERS)}).pattern
    workspace = Workspace(slots=16, width=32, top_k=1.0, etf=16)
    assert drawn.exchange == (workspace, NoExchange(), workspace)
    assert (drawn.encoder, drawn.decoder) == (
        separate_decoders(TASKS, 3, 3).encoder,
        separate_decoders(TASKS, 3, 3).decoder,
    )


def test_fixed_options_are_those_of_the_fields() -> None:
    fixed = {"heads": 2, "state": "carried", "update": "gated", "rounds": 2, "broadcast": "learned", "tying": "none"}
    space = Workspaces(3, 3, **fixed)  # type: ignore[arg-type]  # of several types
    exchange = space.anchors(TASKS)["exchange at all scales"].pattern.exchange[0]
    assert {name: getattr(exchange, name) for name in fixed} == fixed


def test_tasks_have_necks_at_all_its_scales_with_an_exchange_and_without() -> None:
    space = Workspaces(3, 3, scales=(2, 3), neck="conv", norm="cosine")
    choices = {name: option for name, option in FIRST.items() if name != "scale.1"}
    drawn = replay(space, TASKS, {**choices, "scale.3": True}).pattern
    assert drawn.exchange[:2] == (NoExchange(), Necks("conv"))
    exchange = drawn.exchange[2]
    assert isinstance(exchange, Workspace)
    assert (exchange.neck, exchange.norm) == ("conv", "cosine")
    assert space.anchors(TASKS)["no exchange"].pattern.exchange == (NoExchange(), Necks("conv"), Necks("conv"))


def test_no_exchange_and_exchange_at_all_scales_are_anchors() -> None:
    anchors = {name: proposal.pattern for name, proposal in Workspaces(3, 3, widths=(32, 16)).anchors(TASKS).items()}
    assert list(anchors) == ["no exchange", "exchange at all scales"]
    assert anchors["no exchange"] == separate_decoders(TASKS, 3, 3)
    assert anchors["exchange at all scales"].exchange == (Workspace(slots=16, width=32, top_k=1.0, etf=16),) * 3


def test_options_do_not_enter_the_key_without_a_scale() -> None:
    for name, option in OTHERS:
        assert key(SPACE, **{name: option}) == key(SPACE) == separate_decoders(TASKS, 3, 3).key
        assert key(SPACE, **{"scale.2": True, name: option}) != key(SPACE, **{"scale.2": True})


def test_a_scale_that_no_decoder_reads_does_not_enter_the_key() -> None:
    """One decoder stage reads the deepest scale and the finest."""
    space = Workspaces(3, 1)
    assert key(space, **{"scale.2": True}) == key(space)
    assert len({key(space, **{f"scale.{scale}": True}) for scale in (1, 2, 3)}) == 3


def test_scales_may_be_fewer_than_the_encoder_has() -> None:
    drawn = draw(Workspaces(4, 4, scales=(2, 4)), TASKS, random.Random(0))
    assert [name for name in drawn.choices if name.startswith("scale.")] == ["scale.2", "scale.4"]
    assert isinstance(drawn.pattern.exchange[0], NoExchange)
    assert isinstance(drawn.pattern.exchange[2], NoExchange)


def test_all_scales_unless_some_are_given() -> None:
    assert Workspaces(3, 3) == Workspaces(3, 3, scales=(1, 2, 3))


def test_so_many_keys() -> None:
    """None, or any of three sets of two scales with one of two numbers of slots."""
    assert count_patterns(Workspaces(2, 2, slots=(4, 8), widths=(16,), top_ks=(1.0,), etfs=(0,)), TASKS) == 1 + 3 * 2


def test_one_task_is_refused() -> None:
    with pytest.raises(PatternError) as caught:
        draw(SPACE, ("depth",), random.Random(0))
    assert str(caught.value) == ("a workspace for depth alone: an exchange needs at least two tasks in data.tasks")


@pytest.mark.parametrize("tasks", [(), ("depth", "depth")])
def test_tasks_without_a_network_are_refused(tasks: tuple[str, ...]) -> None:
    with pytest.raises(PatternError, match="want every task in exactly one non-empty group"):
        draw(SPACE, tasks, random.Random(0))


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        (
            "scales",
            [1, 3, 4],
            "space.scales=[1, 3, 4]: the encoder has no scale 3, 4; want numbers from 1, the finest, to 2",
        ),
        ("scales", [0], "space.scales=[0]: want a list of at least 1 whole numbers >= 1"),
        ("scales", [1, 1], "space.scales=[1, 1]: want distinct options"),
        ("slots", [4, 4], "space.slots=[4, 4]: want distinct options"),
        (
            "top_ks",
            [0.5, 1.5],
            "space.top_ks=[0.5, 1.5]: top_k=1.5: want a share of the tokens, > 0 and <= 1; a slot cannot attend to "
            "more tokens than there are",
        ),
        ("top_ks", [0], "space.top_ks=[0]: want a list of at least 1 numbers > 0"),
        (
            "etfs",
            [0, 24],
            "space.etfs=[0, 24]: etf=24, width=16: want from 2 to 16 frame vectors, as many as the width at most, or 0 "
            "for no frame",
        ),
        (
            "heads",
            5,
            "space.widths=[16, 32]: heads=5, width=16: want heads that divide the width\n"
            "space.widths=[16, 32]: heads=5, width=32: want heads that divide the width",
        ),
        ("heads", 0, "space.heads=0: want a whole number >= 1"),
        ("state", "kept", "space.state=kept: want one of carried, identity, learned"),
        ("update", "add", "space.update=add: want one of gated, overwrite, residual"),
        ("broadcast", "zero", "space.broadcast=zero: want one of identity, learned, one"),
        ("tying", "all", "space.tying=all: want one of none, scales, tasks, tasks+scales"),
        ("neck", "wide", "space.neck=wide: want one of conv, none, separable"),
        ("norm", "layer", "space.norm=layer: want one of cosine, none, tokens"),
        ("encoder_stages", "four", "space.encoder_stages=four: want a whole number >= 1"),
    ],
)
def test_wrong_fields_are_refused_by_their_own_name(field: str, value: Any, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Workspaces(**{"encoder_stages": 2, "decoder_stages": 2, field: value})
    assert str(caught.value) == message
