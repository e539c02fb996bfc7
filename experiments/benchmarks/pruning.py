"""How much faster a pruned gated network is: time beside multiply-accumulates, on one CPU thread, side by side.

    python -m experiments.benchmarks.pruning

The unpruned network has all its branches and gates, as it was trained. Gates are drawn at random, so many of them open
that the pruned network has half the multiply-accumulates. Both answer the same images in turn, and medians are told;
their outputs are compared as well. The table goes to `experiments/benchmarks/pruning.csv`.
"""

from __future__ import annotations

import csv
import sys
import time
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import torch

from spaces.networks.build import SharedNetwork, build, prune
from spaces.networks.cost import count_macs
from spaces.networks.family import Family
from spaces.networks.modules.output import Output
from spaces.networks.pdf import Pdf
from spaces.networks.small import Small
from spaces.pattern.mixing import Gated
from spaces.pattern.sharing_pattern import NoExchange, SharingPattern
from spaces.pattern.stage import Stage

FILE = Path(__file__).with_suffix(".csv")
TASKS = {"depth": Output(1, "depth"), "normals": Output(3, "normals"), "segmentation": Output(13, "segmentation")}
BAR = 1.5  # times faster at half the work
REPEATS = 11
STEPS = 12  # of the bisection for the share of open gates


@dataclass(frozen=True)
class Case:
    """What is timed."""

    name: str
    family: Family
    size: tuple[int, int]
    images: int


CASES = (
    Case("pdf", Pdf(), (128, 256), 1),
    Case("pdf", Pdf(), (256, 256), 1),
    Case("small, widths 64 to 512", Small((64, 128, 256, 512), 16), (128, 128), 2),
    Case("small, widths 32 to 256", Small((32, 64, 128, 256), 16), (128, 128), 8),
    Case("small, default widths", Small(), (64, 64), 16),
)


def halve_macs(family: Family, size: tuple[int, int]) -> tuple[SharedNetwork, SharedNetwork]:
    """An unpruned network, and what is left of it at half the multiply-accumulates."""
    together, apart = (tuple(TASKS),), tuple((task,) for task in TASKS)
    stages = family.encoder_stages
    stage = Stage(together, Gated(tuple((task, 0.5) for task in TASKS)))
    network = build(
        SharingPattern((stage,) * stages, (NoExchange(),) * stages, (Stage(apart),) * family.decoder_stages),
        family,
        TASKS,
        0,
    ).eval()
    noise = {name: [torch.rand(gate.alpha.shape) for gate in each.gates] for name, each in network.gated.items()}
    wanted = count_macs(network, size).macs / 2
    low, high = 0.0, 1.0
    for _ in range(STEPS):
        share = (low + high) / 2
        for name, each in network.gated.items():
            for gate, drawn in zip(each.gates, noise[name], strict=True):
                gate.alpha.data = share - drawn
        pruned = prune(network)
        low, high = (share, high) if count_macs(pruned, size).macs < wanted else (low, share)
    return network, prune(deepcopy(network)).eval()


def time_pass(network: SharedNetwork, images: torch.Tensor) -> float:
    """Of one forward pass."""
    start = time.perf_counter()
    network(images)
    return time.perf_counter() - start


def main() -> int:
    """Time every case; exit status 1 where none meets the bar."""
    torch.set_num_threads(1)
    torch.manual_seed(0)
    rows: list[list[Any]] = []
    for case in CASES:
        network, pruned = (_lay_out(each) for each in halve_macs(case.family, case.size))
        images = torch.rand(case.images, 3, *case.size).to(memory_format=torch.channels_last)
        with torch.inference_mode():
            before, after = network(images), pruned(images)
            apart = max(float((before[task] - after[task]).abs().max()) for task in TASKS)
            pairs = [(time_pass(network, images), time_pass(pruned, images)) for _ in range(REPEATS)]
        slow, fast = (median(times) for times in zip(*pairs, strict=True))
        full, half = (count_macs(each, case.size) for each in (network, pruned))
        where = [case.name, "x".join(map(str, case.size)), case.images]
        costs = [full.macs, half.macs, f"{half.macs / full.macs:.3f}", full.params, half.params]
        times = [f"{1000 * slow:.1f}", f"{1000 * fast:.1f}", f"{slow / fast:.2f}"]
        rows.append([*where, *costs, *times, f"{apart:.1e}"])
    head = [
        *("network", "image", "batch"),
        *("macs unpruned", "macs pruned", "share of macs", "params unpruned", "params pruned"),
        *("ms unpruned", "ms pruned", "times faster", "largest difference"),
    ]
    with FILE.open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([head, *rows])
    for row in rows:
        print(" | ".join(f"{name} {cell}" for name, cell in zip(head, row, strict=True)))
    met = [row[0] for row in rows if float(row[-2]) >= BAR]
    print(f"{len(met)} of {len(rows)} are at least {BAR} times faster")
    return 0 if met else 1


def _lay_out(network: SharedNetwork) -> SharedNetwork:
    """As networks are trained and measured."""
    return network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # not in its stubs


if __name__ == "__main__":
    sys.exit(main())
