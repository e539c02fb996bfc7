from __future__ import annotations

import random
from typing import Any

import pytest

from spaces.choices import count_patterns, draw, record, replay
from spaces.errors import ConfigError, PatternError
from spaces.gates import GatedEncoder
from spaces.pattern.mixing import Gated
from spaces.pattern.sharing_pattern import NoExchange, SharingPattern, separate_decoders
from spaces.pattern.stage import Stage

TASKS = ("depth", "normals")
SPACE = GatedEncoder(3, 2)
APART = Stage((("depth",), ("normals",)))
FIRST = record(SPACE, TASKS, lambda name, options: options[0]).choices


def key(**changed: Any) -> str:
    return replay(SPACE, TASKS, {**FIRST, **changed}).pattern.key


def test_stages_after_the_shared_ones_are_gated_with_a_target_rate_a_task() -> None:
    drawn = replay(SPACE, TASKS, {"shared": 1, "rest": "gated", "rate.depth": 0.1, "rate.normals": 0.5}).pattern
    gated = Stage((TASKS,), Gated((("depth", 0.1), ("normals", 0.5))))
    assert drawn.encoder == (Stage((TASKS,)), gated, gated)
    assert drawn.exchange == (NoExchange(),) * 3
    assert drawn.decoder == (APART,) * 2


def test_or_they_are_apart() -> None:
    drawn = replay(SPACE, TASKS, {**FIRST, "shared": 2, "rest": "apart"}).pattern
    assert drawn.encoder == (Stage((TASKS,)), Stage((TASKS,)), APART)


def test_hard_sharing_and_networks_side_by_side_are_anchors() -> None:
    assert {name: proposal.pattern for name, proposal in SPACE.anchors(TASKS).items()} == {
        "hard sharing": separate_decoders(TASKS, 3, 2),
        "all apart": SharingPattern((APART,) * 3, (NoExchange(),) * 3, (APART,) * 2),
    }


def test_without_the_comparison_all_stages_gated_are_an_anchor() -> None:
    anchors = GatedEncoder(3, 2, rates=(0.25,), rests=("gated",)).anchors(TASKS)
    assert list(anchors) == ["hard sharing", "all gated"]
    gated = Stage((TASKS,), Gated((("depth", 0.25), ("normals", 0.25))))
    assert anchors["all gated"].pattern.encoder == (gated,) * 3


def test_target_rates_do_not_enter_the_key_where_nothing_is_gated() -> None:
    for ungated in ({"shared": 3}, {"rest": "apart"}):
        assert key(**ungated, **{"rate.depth": 0.75}) == key(**ungated)
    assert key(**{"rate.depth": 0.75}) != key()
    assert key(shared=3, rest="apart") == key(shared=3, rest="gated") == separate_decoders(TASKS, 3, 2).key


def test_so_many_keys() -> None:
    """Hard sharing; and, for none or one shared stage, four pairs of rates or apart."""
    assert count_patterns(GatedEncoder(2, 1, rates=(0.25, 0.5)), TASKS) == 1 + 2 * (4 + 1)


def test_one_task_is_refused() -> None:
    with pytest.raises(PatternError) as caught:
        draw(SPACE, ("depth",), random.Random(0))
    assert str(caught.value) == "gates for depth alone: they choose between tasks; want at least two in data.tasks"


@pytest.mark.parametrize("tasks", [(), ("depth", "depth")])
def test_tasks_without_a_network_are_refused(tasks: tuple[str, ...]) -> None:
    with pytest.raises(PatternError):
        draw(SPACE, tasks, random.Random(0))


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("rates", [0.5, 1.5], "space.rates=[0.5, 1.5]: want numbers from 0 to 1"),
        ("rates", [], "space.rates=[]: want a list of at least 1 numbers >= 0"),
        ("rates", [0.5, 0.5], "space.rates=[0.5, 0.5]: want distinct options"),
        ("rests", ["gated", "fused"], "space.rests=['gated', 'fused']: want one or both of gated, apart"),
        ("rests", [], "space.rests=[]: want a list of at least 1 distinct names"),
        ("encoder_stages", 0, "space.encoder_stages=0: want a whole number >= 1"),
    ],
)
def test_wrong_fields_are_refused(field: str, value: Any, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        GatedEncoder(**{"encoder_stages": 2, "decoder_stages": 2, field: value})
    assert str(caught.value) == message
