from __future__ import annotations

import random
from dataclasses import replace

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from search.config.composition import compose
from spaces.choices import draw
from spaces.errors import PatternError
from spaces.networks.build import build
from spaces.networks.identity import identify_network
from spaces.pattern.exchange import NoExchange, Workspace
from spaces.pattern.mixing import Routed
from spaces.pattern.sharing_pattern import SharingPattern
from spaces.pattern.stage import Stage
from tests.spaces.networks.mixes import FAMILY, OUTPUTS, SIZE, STAGES, TASKS, any_mixture

quick = settings(max_examples=60, deadline=None)


def identify(pattern: SharingPattern) -> str:
    return identify_network(pattern, FAMILY, SIZE)


def outputs_of(pattern: SharingPattern) -> list[torch.Tensor]:
    network = build(pattern, FAMILY, OUTPUTS, 3).eval()
    with torch.no_grad():
        return [*network(torch.rand(1, 3, *SIZE, generator=torch.Generator().manual_seed(1))).values()]


def nudge(pattern: SharingPattern, ratio: float, top_k: float) -> SharingPattern:
    """Ratios and shares of tokens a little larger."""
    encoder = [
        replace(stage, mixing=replace(stage.mixing, ratio=min(stage.mixing.ratio + ratio, 1.0)))
        if isinstance(stage.mixing, Routed) and 0 < stage.mixing.ratio < 1
        else stage
        for stage in pattern.encoder
    ]
    exchange = [
        replace(each, top_k=min(each.top_k + top_k, 1.0)) if isinstance(each, Workspace) else each
        for each in pattern.exchange
    ]
    return SharingPattern(tuple(encoder), tuple(exchange), pattern.decoder)


@quick
@given(seed=st.integers(0, 10**6), ratio=st.floats(0.001, 0.2), top_k=st.floats(0.0001, 0.02))
def test_patterns_of_one_name_are_one_network(seed: int, ratio: float, top_k: float) -> None:
    pattern = any_mixture(seed)
    other = nudge(pattern, ratio, top_k)
    assume(other != pattern)
    try:
        alike = identify(pattern) == identify(other)
    except PatternError:  # a branch without channels
        return
    if alike:
        for one, two in zip(outputs_of(pattern), outputs_of(other), strict=True):
            torch.testing.assert_close(one, two, rtol=0, atol=0)
    else:
        built = (build(each, FAMILY, OUTPUTS, 3).state_dict() for each in (pattern, other))
        shapes = [{name: value.shape for name, value in state.items()} for state in built]
        acts = any(isinstance(each, Workspace) for each in pattern.exchange)
        assert shapes[0] != shapes[1] or acts


def test_options_that_round_alike_are_one_network_and_others_not() -> None:
    def routed(ratio: float, recombination: str = "dense", layers: int = 1) -> SharingPattern:
        first = Stage((TASKS,), Routed(ratio, recombination=recombination, layers=layers))
        apart = Stage(tuple((task,) for task in TASKS))
        none = (NoExchange(),) * STAGES
        return SharingPattern((first, *[Stage((TASKS,))] * (STAGES - 1)), none, (apart,) * STAGES)

    assert identify(routed(0.5)) == identify(routed(0.55)) != identify(routed(0.7))  # 4, 4 and 5 of 8 channels
    assert routed(0.5).key != routed(0.55).key
    # Of three colours 4 channels are made in one group, 6 in three; of 4 channels 4 in four.
    assert identify(routed(0.5, "grouped")) == identify(routed(0.5))
    assert identify(routed(0.75, "grouped")) != identify(routed(0.75))
    assert identify(routed(0.5, "grouped", layers=2)) != identify(routed(0.5, layers=2))


@pytest.mark.parametrize("space", ["branching", "fusion", "gates", "joint", "routing", "workspace"])
def test_the_shipped_spaces_have_no_two_patterns_of_one_network(space: str) -> None:
    settings = compose([f"space={space}"])
    tasks = sorted(task.name for task in settings.data.selected)
    rng = random.Random(0)
    patterns = [draw(settings.space, tasks, rng).pattern for _ in range(300)]
    names = {identify_network(each, settings.network, settings.data.size) for each in patterns}
    assert len(names) == len({each.key for each in patterns})
