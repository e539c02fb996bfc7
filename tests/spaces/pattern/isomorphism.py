"""The reference for keys, by brute force: computation graphs without the names of tasks, compared by networkx."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import networkx as nx
from networkx.algorithms.isomorphism import DiGraphMatcher, categorical_edge_match, categorical_node_match

from spaces.pattern.block import Attend, Block, Gates
from spaces.pattern.stage import Stages
from spaces.pattern.walk import walk

_MATCH = categorical_node_match("colour", None), categorical_edge_match("label", None)


def draw_graph(pattern: Stages) -> nx.DiGraph:
    """Nodes are evaluations, weights, the ports of blocks that treat tasks alike, and heads; heads alone have names."""
    graph = _Graph()
    image = graph.node("image")
    for task, values in walk(pattern, image, graph).items():
        graph.edge(values[-1], graph.node(f"head of {task}"), "out")
    return graph.drawn


def are_isomorphic(one: nx.DiGraph, other: nx.DiGraph) -> bool:
    """Whether they are the same network.

    Nodes that are matched have equal colours, which rules out most pairs: by labels alone some graphs take 10 s.
    """
    for graph in (one, other):
        nx.set_node_attributes(graph, dict(zip(graph, _colour(graph), strict=True)), "colour")
    return bool(DiGraphMatcher(one, other, *_MATCH).is_isomorphic())


def refine(graph: nx.DiGraph) -> int:
    """Equal for isomorphic graphs."""
    return hash(tuple(sorted(_colour(graph))))


def _colour(graph: nx.DiGraph) -> list[int]:
    """A number a node, by its label and, again and again, by its neighbours' numbers (Weisfeiler, Leman).

    Equal for nodes that an isomorphism takes to each other. What is read comes before what reads it, so that a pass
    forth and one back take in the whole graph, in whichever order it was drawn.
    """
    colours: list[Any] = [graph.nodes[node]["label"] for node in graph]
    forth = list(nx.topological_sort(graph))
    for neighbours, order in ((graph.pred, forth), (graph.succ, forth[::-1])) * 2:
        for node in order:
            near = sorted((edge["label"], colours[other]) for other, edge in neighbours[node].items())
            colours[node] = hash((colours[node], *near))
        colours = [hash(colour) for colour in colours]
    return colours


@dataclass
class _Graph:
    """The walk's algebra that draws; a value is a node."""

    drawn: nx.DiGraph = field(default_factory=nx.DiGraph)
    known: dict[Any, Any] = field(default_factory=dict)

    def node(self, label: str) -> int:
        self.drawn.add_node(len(self.drawn), label=label)
        return len(self.drawn) - 1

    def edge(self, tail: int, head: int, label: str) -> None:
        before = self.drawn[tail][head]["label"] if self.drawn.has_edge(tail, head) else ""
        self.drawn.add_edge(tail, head, label=f"{before} {label}")

    def weights(self, block: Block, task: str = "") -> int:
        if ("weights", block.name, task) not in self.known:
            self.known["weights", block.name, task] = self.node("weights")
        return int(self.known["weights", block.name, task])

    def block(self, block: Block, inputs: tuple[int, ...]) -> int:
        if (block.computation, inputs) not in self.known:
            node = self.node(f"{block.part} {block.stage} {block.role}")
            self.edge(self.weights(block), node, "weights")
            for place, each in enumerate(inputs):
                self.edge(each, node, str(place))
            self.known[block.computation, inputs] = node
        return int(self.known[block.computation, inputs])

    def blend(self, block: Block, inputs: tuple[int, ...], outputs: int) -> tuple[int, ...]:
        if (block.computation, inputs) not in self.known:
            role, tasks = block.role, len(block.group)
            rates = role.rates if isinstance(role, Gates) else (None,) * tasks
            what = f"gates {role.mixes}" if isinstance(role, Gates) else str(role)
            whole = self.node(f"{block.part} {block.stage} {what}")
            self.edge(self.weights(block), whole, "weights")
            made = [self.node(f"port {rate}") for rate in rates]
            for value, port in zip(inputs, made, strict=False):
                self.edge(whole, port, "port")
                self.edge(value, port, "in")
            if isinstance(role, Attend) and not role.tied:  # at all scales that have these weights in common
                for task, port in zip(block.group, made, strict=True):
                    self.edge(self.weights(block, task), port, "weights")
            for value in inputs[tasks:]:
                self.edge(value, whole, "common")
            for _ in range(outputs - tasks):
                made.append(self.node("common"))
                self.edge(whole, made[-1], "common")
            self.known[block.computation, inputs] = tuple(made)
        return tuple(self.known[block.computation, inputs])

    def join(self, values: tuple[int, ...]) -> int:
        return self._gather("join", values, [str(place) for place in range(len(values))])

    def mean(self, values: tuple[int, ...]) -> int:
        return self._gather("mean", tuple(sorted(values)), [""] * len(values))

    def _gather(self, what: str, values: tuple[int, ...], labels: list[str]) -> int:
        if (what, values) not in self.known:
            node = self.node(what)
            for value, label in zip(values, labels, strict=True):
                self.edge(value, node, label)
            self.known[what, values] = node
        return int(self.known[what, values])
