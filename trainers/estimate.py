"""Estimates of all patterns from one supernet: every computation once, with batch-norm statistics of its own.

Training images, whose statistics a chain's batch-norms take, and judged ones run side by side, depth first; what nobody
reads any more is freed. Equal to estimating each pattern alone (`estimate_alone`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from spaces.networks.build import SharedNetwork
from spaces.pattern.computations import Computations, Node, order_depth_first
from spaces.pattern.sharing_pattern import SharingPattern
from trainers.batches.source import Source
from trainers.measure import measure, mixed_precision
from trainers.tasks.task import Task

CALIBRATED = 64  # training images that statistics are taken of; 256 rank the same: our choice
PIXELS = 2**20
"""Of the calibration images, and again of the judged ones in one pass: bounds memory, whatever their size."""

Reading = tuple[str, tuple[Node, ...]]
"""A task, and what its head reads."""
Table = dict[str, dict[str, dict[str, float]]]
"""Metrics by name, by task and key of what its head reads last, which names all that it reads."""


def estimate(
    network: SharedNetwork,
    patterns: Iterable[SharingPattern],
    training: Source,
    judged: Source,
    tasks: Sequence[Task],
    report: Callable[[int, int], None] = lambda done, of: None,
) -> Table:
    """Measure every pattern on shared weights.

    Args:
        network: that has the blocks of all patterns; left in evaluation mode, and otherwise as it was.
        patterns: that are estimated.
        training: whose first images the batch-norms' statistics are taken of.
        judged: split that is measured.
        tasks: of the patterns.
        report: hears after every answer of the network how many are there, of how many; and before the first one.
    """
    graph = Computations()
    wanted = {(task, read) for pattern in patterns for task, read in graph.walk(pattern).items()}
    plan, rows = _plan(graph, wanted), _number_readings(wanted)
    sums: dict[str, Tensor] = {}  # one tensor a task: thousands of small ones between large ones tear memory apart
    calibration = _calibration(training)
    named = {task.name: task for task in tasks}
    size = max(1, PIXELS // math.prod(judged.size))
    done, every = 0, len(wanted) * math.ceil(len(judged) / size)
    report(done, every)
    with torch.no_grad(), mixed_precision(judged.device), _calibrating(network), _keeping_statistics(network):
        for images, targets in judged.batches(size, tasks):
            seen = network.fit(torch.cat([calibration, images]))
            for (task, reading), values in _evaluate(network, plan, seen, len(calibration)):
                kind = named[task]
                output = network.answer(task, values, judged.size).float()
                statistics = kind.statistics(output, images if kind.target_from_image else targets[task])
                if task not in sums:
                    sums[task] = statistics.new_zeros((len(rows[task]), *statistics.shape))
                sums[task][rows[task][reading[-1].key]] += statistics
                done += 1
                report(done, every)
    return {
        task: {key: named[task].metrics(sums[task][row]) for key, row in places.items()}
        for task, places in rows.items()
    }


def _number_readings(wanted: Iterable[Reading]) -> dict[str, dict[str, int]]:
    """A row for each that is read, by task and key."""
    rows: dict[str, dict[str, int]] = {}
    for task, reading in sorted(wanted, key=lambda each: (each[0], each[1][-1].number)):
        places = rows.setdefault(task, {})
        places.setdefault(reading[-1].key, len(places))
    return rows


def estimate_alone(
    network: SharedNetwork, pattern: SharingPattern, training: Source, judged: Source, tasks: Sequence[Task]
) -> dict[str, float]:
    """The same of one pattern, the plain way: calibrated as a whole, then measured; leaves the statistics there."""
    alone = SharedNetwork(pattern, dict(network.blocks.items()), dict(network.heads.items()), network.stride)
    with torch.no_grad(), mixed_precision(judged.device), _calibrating(alone):
        for norm in _list_norms(alone):
            norm.train()
        alone(_calibration(training))
    return measure(alone, judged, tasks)


@dataclass(frozen=True)
class _Plan:
    """What is computed in turn.

    Args:
        nodes: in order.
        read: what can be read after a node, by its number.
        freed: numbers of values that nobody reads after a node, by its number.
    """

    nodes: Sequence[Node]
    read: Mapping[int, Sequence[Reading]]
    freed: Mapping[int, Sequence[int]]


def _plan(graph: Computations, wanted: Iterable[Reading]) -> _Plan:
    ordered = order_depth_first(graph.nodes)
    place = {node.number: index for index, node in enumerate(ordered)}
    last = dict(place)
    for index, node in enumerate(ordered):
        for each in node.inputs:
            last[each.number] = max(last[each.number], index)
    read: dict[int, list[Reading]] = {}
    for task, reading in sorted(wanted, key=lambda each: (each[0], each[1][-1].number)):
        index = max(place[node.number] for node in reading)
        read.setdefault(ordered[index].number, []).append((task, reading))
        for node in reading:
            last[node.number] = max(last[node.number], index)
    freed: dict[int, list[int]] = {}
    for number, index in last.items():
        freed.setdefault(ordered[index].number, []).append(number)
    return _Plan(ordered, read, freed)


def _evaluate(
    network: SharedNetwork, plan: _Plan, images: Tensor, calibrating: int
) -> Iterator[tuple[Reading, tuple[Tensor, ...]]]:
    """Every value once; yields what heads read of the judged images, as soon as it is there."""
    values: dict[int, tuple[Tensor, Tensor]] = {}
    outputs: dict[tuple[object, ...], tuple[tuple[Tensor, Tensor], ...]] = {}
    for node in plan.nodes:
        if node.block is None:
            values[node.number] = _merge(node, values, images, calibrating)
        else:
            key = (node.block, *(each.number for each in node.inputs))
            if key not in outputs:
                inputs = [values[each.number] for each in node.inputs]
                made = _run_calibrated(network.blocks[node.block.name], inputs)
                if node.output is None:
                    values[node.number] = made[0]
                else:
                    outputs[key] = made
            if node.output is not None:
                values[node.number] = outputs[key][node.output]
        for task, reading in plan.read.get(node.number, ()):
            yield (task, reading), tuple(values[each.number][1] for each in reading)
        for number in plan.freed.get(node.number, ()):
            values.pop(number, None)


def _merge(
    node: Node, values: Mapping[int, tuple[Tensor, Tensor]], images: Tensor, calibrating: int
) -> tuple[Tensor, Tensor]:
    """The image, a join or a mean."""
    if not node.inputs:
        return images[:calibrating], images[calibrating:]
    merged = []
    for part in range(2):
        given = [values[each.number][part] for each in node.inputs]
        merged.append(torch.cat(given, dim=1) if node.joins else sum(given[1:], given[0]) / len(given))
    return merged[0], merged[1]


def _run_calibrated(module: nn.Module, inputs: Sequence[tuple[Tensor, Tensor]]) -> tuple[tuple[Tensor, Tensor], ...]:
    """A block on both kinds of images: its batch-norms take the statistics of the first, and run the second by them."""
    norms = _list_norms(module)
    for norm in norms:
        norm.train()
    calibration = module(*(each[0] for each in inputs))
    for norm in norms:
        norm.eval()
    judged = module(*(each[1] for each in inputs))
    if isinstance(calibration, Tensor):
        return ((calibration, judged),)
    return tuple(zip(calibration, judged, strict=True))


@contextmanager
def _calibrating(network: nn.Module) -> Iterator[None]:
    """Batch-norms take over a batch's statistics whole; all else stands in evaluation mode."""
    norms = _list_norms(network)
    before = [norm.momentum for norm in norms]
    network.eval()
    for norm in norms:
        norm.momentum = 1.0
    try:
        yield
    finally:
        for norm, momentum in zip(norms, before, strict=True):
            norm.momentum = momentum
        network.eval()


@contextmanager
def _keeping_statistics(network: nn.Module) -> Iterator[None]:
    """Batch-norms have the statistics of before again in the end."""
    norms = _list_norms(network)
    before = [{name: each.clone() for name, each in norm.state_dict().items()} for norm in norms]
    try:
        yield
    finally:
        for norm, state in zip(norms, before, strict=True):
            norm.load_state_dict(state)


def _list_norms(module: nn.Module) -> list[_BatchNorm]:
    return [part for part in module.modules() if isinstance(part, _BatchNorm)]


def _calibration(training: Source) -> Tensor:
    """The first training images, fewer of large ones; at least 2, of which a variance can be taken."""
    count = min(len(training), max(2, min(CALIBRATED, PIXELS // math.prod(training.size))))
    images, _ = next(iter(training.first(count).batches(count, ())))
    return images
