from __future__ import annotations

import pytest

from spaces.errors import ConfigError
from trainers.robustness.attacks import ALIGNED, BOUNDS, EVEN, count_steps, find_attacks, list_attacks
from trainers.tasks.depth import Depth
from trainers.tasks.normals import Normals

DEPTH, NORMALS = Depth("depth"), Normals("normals")
BOTH = (DEPTH, NORMALS)


def test_steps_are_those_of_the_paper() -> None:
    assert {bound: count_steps(bound) for bound in BOUNDS} == {0.25: 1, 0.5: 1, 1: 2, 4: 5, 8: 10}


def test_attacks_are_on_all_tasks_and_on_each_plain_and_weighed() -> None:
    attacks = list_attacks(BOTH)
    assert list(attacks) == ["joint", "depth", "normals", "cospgd.joint", "cospgd.depth", "cospgd.normals"]
    assert attacks["joint"].tasks == BOTH
    assert attacks["cospgd.depth"].tasks == (DEPTH,)
    assert {attack.weighing for name, attack in attacks.items() if name.startswith("cospgd.")} == {ALIGNED}
    assert attacks["normals"].weighing == EVEN


def test_the_usual_ones_are_the_plain_ones() -> None:
    assert [attack.name for attack in find_attacks(None, BOTH, BOTH)] == ["joint", "depth", "normals"]
    assert find_attacks(["none"], BOTH, BOTH) == ()
    assert [a.name for a in find_attacks(["cospgd.depth", "joint", "joint"], BOTH, BOTH)] == ["cospgd.depth", "joint"]


def test_tasks_without_gradient_are_left_out_unless_they_are_named() -> None:
    assert [attack.name for attack in find_attacks(None, BOTH, (DEPTH,))] == ["joint", "depth"]
    assert find_attacks(["joint"], BOTH, (DEPTH,))[0].tasks == (DEPTH,)
    assert find_attacks(None, BOTH, ()) == ()
    for name in ("normals", "cospgd.normals"):
        with pytest.raises(ConfigError) as caught:
            find_attacks([name], BOTH, (DEPTH,))
        assert caught.value.problems == (
            f"--attacks {name}: the loss of normals cannot be differentiated, and attacks climb gradients. Allowed: "
            "joint, depth, cospgd.joint, cospgd.depth, or none alone; or give the task a loss that has a gradient",
        )
    with pytest.raises(ConfigError, match=r"--attacks joint: the loss of depth, normals cannot .* Allowed: none; or"):
        find_attacks(["joint"], BOTH, ())


def test_a_name_of_nothing_is_refused_with_what_may_have_been_meant() -> None:
    with pytest.raises(ConfigError) as caught:
        find_attacks(["detph", "depth"], BOTH, BOTH)
    assert str(caught.value) == (
        "--attacks detph: unknown; did you mean 'depth'? Allowed: joint, depth, normals, cospgd.joint, cospgd.depth, "
        "cospgd.normals, or none alone"
    )
