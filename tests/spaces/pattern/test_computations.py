"""Computations of many patterns, each once."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spaces.branching import Branching
from spaces.choices import draw, enumerate_patterns
from spaces.fusion import Fusion
from spaces.pattern.computations import Computations, Node, order_depth_first
from spaces.pattern.sharing_pattern import SharingPattern, hard_sharing, separate_decoders
from tests.spaces.networks.mixes import any_mixture

quick = settings(max_examples=40, deadline=None)  # on busy cores a deadline measures the neighbours
TASKS = ("a", "b", "c", "d")


def enumerate_space(space: Fusion | Branching, tasks: tuple[str, ...]) -> list[SharingPattern]:
    return [proposal.pattern for proposal in enumerate_patterns(space, tasks)]


@pytest.mark.parametrize("many", [1, 2, 3, 4])
@pytest.mark.parametrize("stages", [1, 2, 3])
def test_decoders_of_all_patterns_take_one_block_a_chain_of_groups(many: int, stages: int) -> None:
    """For T tasks at S stages (S + 1)^T - 1 chains of groups, each smaller than or equal to the one before."""
    graph = Computations()
    for pattern in enumerate_space(Fusion(2, stages), TASKS[:many]):
        graph.walk(pattern)
    blocks = [node.block for node in graph.nodes if node.block is not None]
    assert sum(block.part == "decoder" for block in blocks) == (stages + 1) ** many - 1
    assert sum(block.part == "encoder" for block in blocks) == 2


def test_an_encoder_that_parts_has_a_block_a_chain_too() -> None:
    graph = Computations()
    for pattern in enumerate_space(Branching(2, 2), TASKS[:3]):
        graph.walk(pattern)
    blocks = [node.block for node in graph.nodes if node.block is not None]
    assert sum(block.part == "encoder" for block in blocks) == 3**3 - 1


def test_what_patterns_share_is_one_node_and_walking_again_adds_none() -> None:
    graph = Computations()
    fused, apart = (make(TASKS, 3, 3) for make in (hard_sharing, separate_decoders))
    first, second = graph.walk(fused), graph.walk(apart)
    many = len(graph.nodes)
    assert graph.walk(fused) == first
    assert len(graph.nodes) == many == 1 + 3 + 3 + 3 * len(TASKS)
    assert len({reads[-1] for reads in first.values()}) == 1
    assert len({reads[-1] for reads in second.values()}) == len(TASKS)


@quick
@given(seed=st.integers(0, 10**6), others=st.lists(st.integers(0, 10**6), max_size=4))
def test_keys_name_computations_whatever_was_walked_before(seed: int, others: list[int]) -> None:
    fresh, used = Computations(), Computations()
    for other in others:
        used.walk(any_mixture(other))
    one, two = (
        {task: [node.key for node in reads] for task, reads in graph.walk(any_mixture(seed)).items()}
        for graph in (fresh, used)
    )
    assert one == two


@quick
@given(seeds=st.lists(st.integers(0, 10**6), min_size=1, max_size=4))
def test_different_nodes_have_different_keys(seeds: list[int]) -> None:
    graph = Computations()
    for seed in seeds:
        graph.walk(any_mixture(seed))
    assert len({node.key for node in graph.nodes}) == len(graph.nodes)
    assert [node.number for node in graph.nodes] == list(range(len(graph.nodes)))


@quick
@given(seeds=st.lists(st.integers(0, 10**6), min_size=1, max_size=4))
def test_a_depth_first_order_has_every_node_once_and_inputs_first(seeds: list[int]) -> None:
    graph = Computations()
    for seed in seeds:
        graph.walk(any_mixture(seed))
    ordered = order_depth_first(graph.nodes)
    assert sorted(node.number for node in ordered) == list(range(len(graph.nodes)))
    place = {node.number: index for index, node in enumerate(ordered)}
    assert all(place[each.number] < place[node.number] for node in ordered for each in node.inputs)


def test_a_branch_is_followed_to_its_end_before_the_next_is_begun() -> None:
    graph = Computations()
    rng = random.Random(0)
    for _ in range(50):
        graph.walk(draw(Fusion(1, 4), TASKS, rng).pattern)
    ordered = order_depth_first(graph.nodes)
    open_nodes: list[Node] = []
    most = 0
    left = {node.number: sum(node in other.inputs for other in ordered) for node in ordered}
    for node in ordered:
        open_nodes.append(node)
        for each in set(node.inputs):
            left[each.number] -= 1
        open_nodes = [each for each in open_nodes if left[each.number]]
        most = max(most, len(open_nodes))
    assert most <= 1 + 1 + 4  # the image, the encoder's stage, one value a decoder stage
