"""Which spaces a supernet serves."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from search.problem.objectives import DELTA_MTL, MACS
from search.problem.problem import Problem
from search.samplers.frontier import Frontier
from search.samplers.oneshot import Oneshot
from search.samplers.sampler import Sampler
from search.samplers.supernet_rule import refuse_unserved
from spaces.branching import Branching
from spaces.choices import Space
from spaces.errors import ConfigError
from spaces.fusion import Fusion
from spaces.gates import GatedEncoder
from spaces.joint import Joint
from spaces.networks.cost import compute_cost
from spaces.networks.modules.output import Output
from spaces.networks.small import Small
from spaces.routing import Routing
from spaces.workspace import Workspaces

TASKS = ("depth", "normals", "segmentation")
COST = partial(compute_cost, family=Small(), outputs=dict.fromkeys(TASKS, Output(1, "depth")), size=(32, 32))
MEND = "take space=fusion or space=branching, or sampler=frontier without a prior"
GATES = (
    "the gates of space={name} decide while they learn what a network costs, so that a supernet cannot tell it; " + MEND
)
ONE_WORKSPACE: dict[str, Any] = {"slots": (4,), "widths": (8,), "top_ks": (1.0,), "etfs": (0,)}
ONE_ROUTE: dict[str, Any] = {
    "ratios": (0.5,),
    "primitive_sets": ("identity+shift",),
    "recombinations": ("grouped",),
    "kernels": (1,),
    "flows": ("mixed",),
    "norms": ("task",),
}


def pose(space: Space, tasks: tuple[str, ...] = TASKS) -> Problem:
    return Problem(space, tasks, (DELTA_MTL, MACS), COST)


def refuse(space: Space, given: str = "sampler=oneshot") -> str:
    with pytest.raises(ConfigError) as caught:
        refuse_unserved(pose(space), given)
    (problem,) = caught.value.problems
    return problem


@pytest.mark.parametrize(
    "space",
    [
        Fusion(4, 4),
        Branching(4, 4),
        Fusion(6, 5),
        Workspaces(4, 4, **ONE_WORKSPACE),
        Routing(4, 4, **ONE_ROUTE),
    ],
    ids=lambda space: type(space).__name__,
)
def test_spaces_whose_blocks_are_one_thing_in_all_patterns_pass(space: Space) -> None:
    """Workspaces and routed stages too where they have one set of options each."""
    refuse_unserved(pose(space), "sampler=oneshot")


def test_many_tasks_are_looked_at_quickly() -> None:
    refuse_unserved(pose(Branching(6, 5), tuple("abcdefg")), "sampler=oneshot")


@pytest.mark.parametrize("space", [GatedEncoder(4, 4), Joint(4, 4)], ids=lambda space: space.name)
def test_gates_are_refused(space: Space) -> None:
    assert refuse(space) == f"sampler=oneshot: {GATES.format(name=space.name)}"


@pytest.mark.parametrize(
    ("space", "block"),
    [
        (Routing(4, 4), "encoder4/depth+normals+segmentation/shared1"),
        (Workspaces(4, 4), "exchange1/depth+normals+segmentation/attend"),
    ],
    ids=["routing", "workspace"],
)
def test_blocks_that_differ_from_pattern_to_pattern_are_refused(space: Space, block: str) -> None:
    assert refuse(space) == (
        f"sampler=oneshot: in space={space.name} block {block} is one thing in one pattern and another in the next, so "
        f"that they have no weights in common; {MEND}"
    )


@pytest.mark.parametrize(
    ("sampler", "given"), [(Oneshot(), "sampler=oneshot"), (Frontier(prior="supernet"), "sampler.prior=supernet")]
)
def test_samplers_that_rest_on_a_supernet_refuse_what_it_does_not_serve(sampler: Sampler, given: str) -> None:
    sampler.check(pose(Fusion(4, 4)))
    with pytest.raises(ConfigError) as caught:
        sampler.check(pose(GatedEncoder(4, 4)))
    assert caught.value.problems == (f"{given}: {GATES.format(name='gates')}",)


def test_a_sampler_without_a_supernet_takes_them_all() -> None:
    for space in (GatedEncoder(4, 4), Joint(4, 4), Routing(4, 4), Workspaces(4, 4)):
        Frontier().check(pose(space))
