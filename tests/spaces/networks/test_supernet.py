"""The union of a space's blocks, and the network that trains one pattern of it a step."""

from __future__ import annotations

import random
from typing import Any

import pytest
import torch

from spaces.branching import Branching
from spaces.choices import Space, draw, enumerate_patterns
from spaces.draws import Listed, plan_draws
from spaces.errors import PatternError
from spaces.fusion import Fusion
from spaces.networks.build import build, build_union
from spaces.networks.modules.output import Output
from spaces.networks.small import Small
from spaces.networks.supernet import Supernet, build_supernet
from spaces.pattern.sharing_pattern import SharingPattern, hard_sharing, separate_decoders
from spaces.pattern.walk import list_blocks
from spaces.routing import Routing
from spaces.workspace import Workspaces

OUTPUTS = {"depth": Output(1, "depth"), "normals": Output(3, "normals"), "segmentation": Output(5, "segmentation")}
TASKS = tuple(OUTPUTS)
FAMILY = Small(encoder_widths=(4, 6), decoder_width=4)
ONE_WORKSPACE: dict[str, Any] = {"slots": (4,), "widths": (8,), "top_ks": (1.0,), "etfs": (0,)}
ONE_ROUTE: dict[str, Any] = {
    "primitive_sets": ("identity+shift",),
    "recombinations": ("grouped",),
    "kernels": (1,),
    "flows": ("mixed",),
    "norms": ("shared",),
}
SOUND: tuple[Space, ...] = (
    Fusion(2, 2),
    Branching(2, 2),
    *(Workspaces(2, 2, **ONE_WORKSPACE, tying=tying) for tying in ("none", "scales", "tasks", "tasks+scales")),
    Routing(2, 2, ratios=(0.5,), **ONE_ROUTE),
)


def list_patterns(space: Space) -> list[SharingPattern]:
    return [proposal.pattern for proposal in enumerate_patterns(space, TASKS)]


def make(space: Space, seed: int = 0, shown: SharingPattern | None = None) -> Supernet:
    shown = shown or separate_decoders(TASKS, 2, 2)
    return build_supernet(shown, plan_draws(space, TASKS, seed, lambda pattern: True), FAMILY, OUTPUTS, seed)


@pytest.mark.parametrize("space", SOUND, ids=lambda space: space.name)
def test_every_block_starts_bit_for_bit_as_in_the_network_built_alone(space: Space) -> None:
    union = make(space, seed=3).state_dict()
    met: set[str] = {"_extra_state"}
    for pattern in list_patterns(space):
        alone = build(pattern, FAMILY, OUTPUTS, 3).state_dict()
        met |= alone.keys()
        assert all(torch.equal(union[name], tensor) for name, tensor in alone.items())
    assert union.keys() == met


def test_the_union_does_not_depend_on_the_order_of_its_patterns() -> None:
    patterns = list_patterns(Branching(2, 2))
    one, other = (build_union(each, FAMILY, OUTPUTS, 0) for each in (patterns, patterns[::-1]))
    for first, second in zip(one, other, strict=True):
        assert first.keys() == second.keys()
        for name, module in first.items():
            states = module.state_dict(), second[name].state_dict()
            assert states[0].keys() == states[1].keys()
            assert all(torch.equal(tensor, states[1][key]) for key, tensor in states[0].items())


@pytest.mark.parametrize("space", SOUND, ids=lambda space: space.name)
def test_a_step_trains_the_blocks_of_its_pattern_and_no_others(space: Space) -> None:
    supernet = make(space).train()
    optimiser = torch.optim.AdamW(supernet.parameters(), lr=0.01, weight_decay=0.1)
    torch.manual_seed(0)
    for step in range(6):
        before = {name: tensor.clone() for name, tensor in supernet.state_dict().items()}
        optimiser.zero_grad(set_to_none=True)
        sum(output.square().mean() for output in supernet(torch.rand(4, 3, 16, 16)).values()).backward()
        optimiser.step()
        moved = {
            name.split(".")[1]
            for name, tensor in supernet.state_dict().items()
            if name.startswith("blocks.") and not torch.equal(tensor, before[name])
        }
        assert moved == {block.name for block in list_blocks(supernet.draws.at(step)) if _learns(supernet, block.name)}


def _learns(supernet: Supernet, name: str) -> bool:
    return bool(supernet.blocks[name].state_dict())


def test_in_training_it_is_the_step_s_pattern_and_in_evaluation_the_one_that_is_shown() -> None:
    shown = hard_sharing(TASKS, 2, 2)
    supernet = make(Fusion(2, 2), shown=shown)
    image = torch.rand(2, 3, 16, 16)
    for step in range(3):
        supernet.train()(image)
        assert supernet.step == step + 1
        assert supernet.pattern == supernet.draws.at(step)
    found = supernet.eval()(image)
    assert supernet.step == 3
    alone = build(shown, FAMILY, OUTPUTS, 0).eval()
    alone.load_state_dict({name: supernet.state_dict()[name] for name in alone.state_dict()})
    assert all(torch.equal(output, found[task]) for task, output in alone(image).items())


def test_its_state_carries_the_step() -> None:
    first, other = make(Fusion(2, 2)), make(Fusion(2, 2), seed=1)
    for _ in range(5):
        first.train()(torch.rand(2, 3, 16, 16))
    other.load_state_dict(first.state_dict())
    assert other.step == 5


def test_branches_of_other_widths_are_no_union() -> None:
    space = Routing(2, 2, ratios=(0.25, 0.5), **ONE_ROUTE)
    with pytest.raises(
        PatternError,
        match=r"block encoder2/depth\+normals\+segmentation/\S+ is one thing in one pattern and another in the next "
        r".*: patterns with it have no weights in common",
    ):
        build_union(list_patterns(space), FAMILY, OUTPUTS, 0)


def test_workspaces_of_other_widths_are_no_union() -> None:
    rng = random.Random(0)
    space = Workspaces(2, 2, **{**ONE_WORKSPACE, "widths": (8, 16)})
    patterns = [draw(space, TASKS, rng).pattern for _ in range(50)]
    with pytest.raises(PatternError, match=r"block exchange\d/\S+ is one thing in one pattern and another in the next"):
        build_union(patterns, FAMILY, OUTPUTS, 0)


def test_blocks_of_one_name_for_inputs_of_different_widths_are_no_union() -> None:
    """What a routed stage reads of a routed one is its shared branch, of a plain one the whole."""
    space = Routing(2, 2, ratios=(0.5,), **{**ONE_ROUTE, "flows": ("shared",)})
    with pytest.raises(PatternError, match=r"block encoder2/depth\S+/shared1 is one thing .*\[2\].*\[4\]"):
        build_union(list_patterns(space), FAMILY, OUTPUTS, 0)


def test_a_supernet_of_one_pattern_is_its_network() -> None:
    pattern = separate_decoders(TASKS, 2, 2)
    supernet = build_supernet(pattern, Listed((pattern,), 0), FAMILY, OUTPUTS, 0)
    image = torch.rand(2, 3, 16, 16)
    alone = build(pattern, FAMILY, OUTPUTS, 0)
    assert all(torch.equal(output, supernet(image)[task]) for task, output in alone(image).items())
